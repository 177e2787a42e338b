import { stat } from "node:fs/promises";
import type { Address } from "viem";
import type { Engine } from "#protocol/node.ts";
import { planMemory } from "../engine/memoryPlan.ts";
import { checkGgufHeader } from "../models/ggufHeader.ts";
import { identifyWithBar } from "../models/identifyWithBar.ts";
import type { StoreOptions } from "../models/modelStore.ts";
import type { Judged, Pool, Verdict } from "./auditVerdict.ts";
import { poolAnswers, verdictOf } from "./auditVerdict.ts";
import type { FailingReceipt, ReceiptLaw } from "./checkReceipt.ts";
import { checkReceipt } from "./checkReceipt.ts";
import { judgeAnswers } from "./judgeAnswers.ts";
import type { ReadBundle } from "./readBundles.ts";
import type { SavedBundle } from "./savedBundle.ts";

/** Quantisations whose bits were measured to be the same each time on one engine, alone or among others. */
const bitStable = new Set(["Q8_0", "Q4_0"]);
/** What the audit's own engine is always set to. */
const flashAttention = false;
const kvType = "f16";

export type AuditOptions = {
  readonly modelPath: string;
  readonly adapterPaths: readonly string[];
  /** Whether these are known to be all of the entry's adapters: without one, an honest node's answers differ. */
  readonly knowsAdapters: boolean;
  /** The entry's manifest, where it is known: another entry may have the same model. */
  readonly manifestHash?: string;
  readonly threads: number;
  /** Which of llama.cpp's CPU backends evaluates; the best for this CPU where it is absent. */
  readonly backend?: string | undefined;
  /** Bytes that the model may take; what the machine has left where it is absent. */
  readonly memory?: number;
  /** Shows somebody how far the reading of the model file is. */
  readonly progress?: StoreOptions["progress"];
  /** Where a bundle's signature is good. Throws where neither the bundle nor the auditor says. */
  readonly lawOf: (bundle: SavedBundle) => ReceiptLaw;
  /** Receipts that fail already, for what the audit cannot see. */
  readonly failing?: readonly FailingReceipt[];
  readonly onProgress: (done: number, of: number) => void;
};

export type AuditReport = {
  readonly verdict: Verdict;
  readonly model: { readonly sha256: string; readonly quantization: string | null };
  /** LoRA adapters that were applied; null where nothing says which the entry has, so that a difference proves nothing. */
  readonly adapters: number | null;
  /** The audit's own engine; null where there was nothing to evaluate. */
  readonly engine: string | null;
  readonly read: number;
  /** Read, and no part of the verdict: sampled, about another model file or entry, or the same question and answer again. */
  readonly notGreedy: number;
  readonly otherModel: number;
  readonly repeated: number;
  readonly failing: readonly FailingReceipt[];
  /** Places where an answer is not what the model says. */
  readonly differing: readonly { readonly where: string; readonly tokens: number; readonly mismatches: number }[];
  readonly pools: readonly Pool[];
  readonly keys: readonly { readonly key: Address; readonly registered: boolean | null }[];
};

/** Checks saved bundles, and has the model say again what each greedy answer should have been. */
export async function auditReceipts(read: readonly ReadBundle[], options: AuditOptions): Promise<AuditReport> {
  const identity = await identifyWithBar(options.modelPath, options.progress);
  const header = await checkGgufHeader(options.modelPath);
  const { quantization } = header;
  const failing: FailingReceipt[] = [...(options.failing ?? [])];
  const keys = new Map<Address, boolean | null>();
  const sound: ReadBundle[] = [];
  const about = read.filter(
    ({ bundle: { receipt } }) =>
      receipt.modelRoot === identity.modelRoot &&
      (options.manifestHash === undefined || receipt.manifestHash === options.manifestHash),
  );
  for (const one of about) {
    const law = options.lawOf(one.bundle);
    const { key, faults } = await checkReceipt(one.bundle, law);
    if (key !== null) keys.set(key, law.nodeOfKey === undefined ? null : (await law.nodeOfKey(key)) !== null);
    if (faults.length > 0) failing.push({ where: one.where, faults });
    else sound.push(one);
  }
  const greedy = sound.filter(({ bundle }) => isGreedy(bundle));
  const once = [...new Map(greedy.map((one) => [wordsOf(one.bundle), one])).values()];

  const adapters = await Promise.all(options.adapterPaths.map((path) => stat(path)));
  const plan = {
    shape: header,
    fileBytes: identity.modelSize,
    adapterBytes: adapters.reduce((sum, { size }) => sum + size, 0),
    embedding: null,
    holder: "process",
    sequences: 1,
  } as const;
  const { judged, refused, engine } = await judgeAnswers(once, {
    ...options,
    weigh: (sizes) => planMemory({ ...plan, ...sizes }).total,
  });
  failing.push(...refused);
  // An adapter is multiplied as F16 or F32, whose bits drift.
  const isBitStable = bitStable.has(quantization ?? "") && options.adapterPaths.length === 0;
  const compared = judged.map(({ where, bundle, said, build }) => ({
    where,
    node: bundle.receipt.node,
    exact: isBitStable && isSameEngine(bundle.engine, build),
    tokens: bundle.outputTokens.length,
    mismatches: bundle.outputTokens.filter((token, index) => token !== said[index]).length,
  }));
  const pools = poolAnswers(compared satisfies readonly Judged[]);
  const verdict = verdictOf(pools, failing.length);
  return {
    verdict: options.knowsAdapters ? verdict : withoutAdapters(verdict, failing.length),
    adapters: options.knowsAdapters ? options.adapterPaths.length : null,
    model: { sha256: identity.modelSha256, quantization },
    engine,
    read: read.length,
    notGreedy: sound.length - greedy.length,
    otherModel: read.length - about.length,
    repeated: greedy.length - once.length,
    failing,
    differing: compared
      .filter(({ mismatches }) => mismatches > 0)
      .map(({ where, tokens, mismatches }) => ({ where, tokens, mismatches })),
    pools,
    keys: [...keys].map(([key, registered]) => ({ key, registered })),
  };
}

/** Whether the answer is what the model itself finds likeliest at each place: no sampling, nothing punished. */
function isGreedy({ params }: SavedBundle): boolean {
  return params.temperature === 0 && (params.repeatPenalty ?? 1) === 1;
}

/** Where the entry may have an adapter that was not applied, differing tokens accuse nobody. */
function withoutAdapters(verdict: Verdict, failing: number): Verdict {
  return verdict === "does not hold" && failing === 0 ? "not enough" : verdict;
}

function wordsOf({ receipt, promptTokens, outputTokens }: SavedBundle): string {
  return `${receipt.node} ${promptTokens.join(",")} ${outputTokens.join(",")}`;
}

function isSameEngine(theirs: Engine, ours: Pick<Engine, "llamaCpp" | "variant">): boolean {
  return (
    theirs.llamaCpp === ours.llamaCpp &&
    theirs.variant === ours.variant &&
    theirs.flashAttention === flashAttention &&
    theirs.kvType === kvType
  );
}
