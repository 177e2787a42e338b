import { join, resolve } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import type { EngineBuild, GpuChoice, KnowledgeOptions } from "../engine/childProtocol.ts";
import { describeEngine } from "../engine/describeEngine.ts";
import type { EngineSetting } from "../engine/engineSettings.ts";
import { settingFor, upstreamOf } from "../engine/engineSettings.ts";
import type { MemoryBudget } from "../engine/memoryBudget.ts";
import { meterRunner } from "../engine/meter.ts";
import type { ProcessLimits } from "../engine/modelProcess.ts";
import { createModelRunner } from "../engine/modelRunner.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import { findManifest } from "../models/findManifest.ts";
import { checkGgufHeader } from "../models/ggufHeader.ts";
import type { StoreOptions } from "../models/modelStore.ts";
import { findModelFile } from "../models/modelStore.ts";
import { watchVerifiedFile } from "../models/verifiedFile.ts";
import type { Extras } from "./findExtras.ts";
import { checkAll, findExtras } from "./findExtras.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { planEntry } from "./planEntry.ts";

export type HostingOptions = {
  readonly gpu: GpuChoice;
  readonly threads: number;
  readonly batchSize: number;
  /** Answers of one model that may be under way at a time; one where absent. */
  readonly parallel?: number;
  /** Entries that something else than the embedded engine answers for. */
  readonly engines?: readonly EngineSetting[];
  readonly maxWaiting: number;
  /** Loading may take what the file's size asks for where `loadMs` is absent. */
  readonly limits: Omit<ProcessLimits, "loadMs"> & Partial<Pick<ProcessLimits, "loadMs">>;
  readonly storeFolder: string;
  readonly modelFolders: readonly string[];
  readonly manifestFolders: readonly string[];
  readonly allowPrivate: boolean;
  /** Base URLs of other nodes, asked for the files that they serve. */
  readonly mirrors?: readonly string[];
  /** Shows somebody how far a file is that is fetched or read. */
  readonly progress?: StoreOptions["progress"];
};

/**
 * Makes an entry ready to be served: manifest, model file, both checked against the chain, then a runner for it.
 *
 * The model is not loaded here. Throws what `findManifest`, `findModelFile` and `checkGgufHeader` throw.
 */
export async function prepareEntry(
  facts: EntryFacts,
  options: HostingOptions,
  context: {
    readonly build: () => Promise<EngineBuild>;
    readonly logger: FastifyBaseLogger;
    readonly signal: AbortSignal;
    readonly memory: MemoryBudget;
    /** Base URLs of other nodes that may hand out the model. */
    readonly holders?: (() => Promise<readonly string[]>) | undefined;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Called when the model file, once verified, is the entry's no more. */
    readonly onLost: (error: unknown) => void;
  },
): Promise<HostedEntry> {
  const { logger, signal } = context;
  const manifest = await findManifest(facts, {
    folders: options.manifestFolders,
    kept: join(options.storeFolder, "manifests"),
    allowPrivate: options.allowPrivate,
    signal,
  });
  const store: StoreOptions = {
    folder: options.storeFolder,
    ownFolders: options.modelFolders,
    nodes: options.mirrors ?? [],
    moreNodes: context.holders,
    progress: options.progress,
    allowPrivate: options.allowPrivate,
    signal,
    onRefused: (error) => logger.warn({ entry: facts.entryId }, error.message),
    onDropped: ({ reason }) => logger.warn({ entry: facts.entryId }, `a mirror is asked no more: ${reason}`),
  };
  const found = await findModelFile(facts, manifest, store);
  const modelPath = resolve(found.path);
  const { onLost } = context;
  const checkModel = watchVerifiedFile({ file: { ...found, path: modelPath }, identity: facts, signal, onLost });
  const extras = await findExtras(manifest, store, onLost);
  const check = checkAll([checkModel, ...extras.checks]);
  const header = await checkGgufHeader(modelPath);
  const setting = settingFor(options.engines ?? [], facts);
  const engine = await describeEngine(setting, context.build, {
    contextSize: Math.min(manifest.contextLength, header.contextLength),
    batchSize: options.batchSize,
  });
  const parallel = options.parallel ?? 1;
  const memory = await planEntry({ ...facts, ...engine, header, extras, setting, parallel });

  return {
    facts,
    manifest,
    modelPath,
    header,
    check,
    engine,
    hostedAt: Math.floor(context.now() / 1000),
    ...meterRunner(
      createModelRunner({
        load: {
          modelPath,
          contextSize: engine.contextSize,
          batchSize: engine.batchSize,
          threads: options.threads,
          gpu: options.gpu,
          adapterPaths: extras.adapterPaths,
          knowledge: extras.knowledge,
          sequences: parallel,
          ...(setting !== null && { upstream: upstreamOf(setting, process.env) }),
        },
        limits: { loadMs: loadLimit(facts.modelSize + extrasBytes(extras), extras.knowledge), ...options.limits },
        maxWaiting: options.maxWaiting,
        restartMs: 500,
        check,
        admit: (resident, wanted) => context.memory.admit(memory.load, resident, wanted),
        admitVectors: (resident) => context.memory.admit(memory.vectors, resident, true),
        onChange: (state, detail) => {
          const line = { entry: facts.entryId, model: manifest.name, state, detail };
          if (state === "failed" || state === "quarantined") logger.warn(line, "a model's process ended");
          else logger.info(line, "model");
        },
      }),
    ),
  };
}

function extrasBytes({ adapterBytes, embedding }: Extras): number {
  return adapterBytes + (embedding?.bytes ?? 0);
}

/** Milliseconds that loading may take: a minute, what a slow disk needs for the files, and what embedding texts does. */
function loadLimit(bytes: number, knowledge: KnowledgeOptions | null): number {
  return 60_000 + bytes / 20_000 + (knowledge === null || knowledge.embeddingPath === null ? 0 : 600_000);
}
