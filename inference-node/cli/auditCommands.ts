import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { BaseError, shortMessageOf } from "#protocol/errors.ts";
import { manifestHash } from "#protocol/manifest.ts";
import type { AuditReport } from "../audit/auditReceipts.ts";
import { auditReceipts } from "../audit/auditReceipts.ts";
import { enoughTokens } from "../audit/auditVerdict.ts";
import { checkJudgeable } from "../audit/checkJudgeable.ts";
import { chooseModel, openNodeClient } from "../audit/nodeClient.ts";
import { probeNode } from "../audit/probeNode.ts";
import { readBundles } from "../audit/readBundles.ts";
import { notProven, reportLines } from "../audit/reportLines.ts";
import { saveBundle } from "../audit/saveBundle.ts";
import { identifyWithBar } from "../models/identifyWithBar.ts";
import { nodeHashing } from "../models/nodeHashing.ts";
import { withoutSecrets } from "../withoutSecrets.ts";
import type { ProgramContext } from "./createProgram.ts";
import type { OpenProgress } from "./createTerminal.ts";
import { errorLine } from "./errorLine.ts";
import { explain } from "./explain.ts";
import { whole } from "./numberFlags.ts";
import { openLaw } from "./openLaw.ts";
import { pullAdapters, pullProbed } from "./pullProbed.ts";
import { readManifest } from "./readManifest.ts";
import { say } from "./say.ts";

type Context = Pick<ProgramContext, "stop" | "progress">;
type LawFlags = { readonly rpc?: string; readonly nodeRegistry?: string; readonly chainId?: number };
type AuditFlags = LawFlags & {
  readonly adapter: string[];
  readonly threads: number;
  readonly backend?: string;
  readonly json?: true;
};
type ProbeFlags = AuditFlags & {
  readonly model?: string;
  readonly entry?: string;
  readonly questions?: string;
  readonly requests: number;
  readonly save: string;
  readonly store: string;
  readonly allowPrivate?: true;
};

const exitCodes = { holds: 0, "does not hold": 1, "not enough": 2 } as const;
const notShown = ["", "Not shown by an audit:", ...notProven.map((line) => `  ${line}`)].join("\n");

/** Adds `audit-receipts`, `probe` and `ask`: what somebody can do who trusts no node. */
export function withAuditCommands(program: Command, context: Context): void {
  const { stop } = context;
  auditOptions(program.command("audit-receipts"), "audit-receipts --from .coindrop/bundles --model sums.gguf")
    .description("have a model say again what signed answers claim it said")
    .requiredOption("--from <path>", "saved bundles: a .jsonl or .json file, or a folder of them")
    .requiredOption("--model <gguf>", "the model file of the entry")
    .option("--manifest <file>", "the entry's manifest, which says whether it has adapters")
    .action((flags: AuditFlags & { from: string; model: string; manifest?: string }) =>
      judged(flags, () => audit(flags, context)),
    );

  auditOptions(program.command("probe"), "probe https://node.example --entry sums")
    .description("ask a node ordinary questions at temperature 0, and audit its answers")
    .argument("<url>", "the node's base URL")
    .option("--model <gguf>", "the model file; fetched by its hash when absent")
    .option("--entry <id>", "which of the node's models: id, entry id or name")
    .option("--questions <file>", "questions of your own, one a line, asked first")
    .option("--requests <n>", "ask no more often than this", whole(1), 400)
    .option("--save <file>", "where the bundles are kept", ".coindrop/bundles/probe.jsonl")
    .option("--store <folder>", "where a fetched model is kept", ".coindrop/models")
    .option("--allow-private", "fetch over plain http and from private addresses")
    .action((url: string, flags: ProbeFlags) => judged(flags, () => probe(url, flags, context)));

  explain(careful(program.command("ask")), {
    examples: ['ask https://node.example "What is 17 plus 5?" --greedy'],
    codes: "0 answered, and the bundle is kept; 2 it did not answer, or was asked wrongly",
  })
    .description("ask a node a question and keep the signed bundle")
    .argument("<url>", "the node's base URL")
    .argument("<question...>", "what you want to know")
    .option("--entry <id>", "which of the node's models: id, entry id or name")
    .option("--greedy", "ask for temperature 0, which can be audited")
    .option("--save <file>", "file that the bundle is added to", ".coindrop/bundles/asked.jsonl")
    .action((url: string, question: string[], flags: { entry?: string; greedy?: true; save: string; json?: true }) =>
      orTwo(flags.json, async () => {
        const client = await openNodeClient(url, stop.signal);
        const model = chooseModel(client, flags.entry);
        const { text, bundle } = await client.ask(model, question.join(" "), flags.greedy && 0);
        await saveBundle(flags.save, bundle);
        say(flags.json, { text, bundle, saved: flags.save }, [text, `(bundle added to ${flags.save})`]);
      }),
    );
}

function auditOptions(command: Command, example: string): Command {
  return explain(careful(command), {
    examples: [example],
    codes: "0 it holds; 1 it does not; 2 too little was seen, or it could not be looked at",
  })
    .option(
      "--adapter <gguf...>",
      "the entry's LoRA adapters, all of them in its order (probe fetches them by their hash)",
      [] as string[],
    )
    .option("--threads <n>", "threads of the evaluation", whole(1, 256), 1)
    .option("--backend <name>", "llama.cpp's CPU backend, as the node names it (default: the best for this CPU)")
    .option("--rpc <url>", "chain that is asked whose key signed; needs --node-registry")
    .option("--node-registry <address>", "registry whose signatures these are (default: as the bundles note)")
    .option("--chain-id <n>", "its chain, where no --rpc is given (default: as the bundles note)", whole(1))
    .addHelpText("after", notShown);
}

/** A command that was called wrongly could not look. */
function careful(command: Command): Command {
  return command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

/** The bars that `pull` and `verify` show; none beside JSON. */
function barsOf(flags: AuditFlags, { progress: open }: Context): OpenProgress | undefined {
  return flags.json ? undefined : open;
}

async function settings(flags: AuditFlags, context: Context) {
  return {
    lawOf: await openLaw(flags),
    threads: flags.threads,
    backend: flags.backend,
    progress: barsOf(flags, context),
    onProgress: progress("answers judged"),
  };
}

async function audit(
  flags: AuditFlags & { from: string; model: string; manifest?: string },
  context: Context,
): Promise<AuditReport> {
  const bundles = await readBundles(flags.from);
  const common = { ...(await settings(flags, context)), modelPath: flags.model, adapterPaths: flags.adapter };
  if (flags.manifest === undefined)
    return auditReceipts(bundles, { ...common, knowsAdapters: flags.adapter.length > 0 });
  const manifest = await readManifest(flags.manifest);
  await checkJudgeable(manifest, flags.adapter);
  const hash = manifestHash(manifest, nodeHashing.sha256);
  return auditReceipts(bundles, { ...common, knowsAdapters: true, manifestHash: hash });
}

async function probe(url: string, flags: ProbeFlags, context: Context): Promise<AuditReport> {
  const { signal } = context.stop;
  const pull = { ...flags, progress: barsOf(flags, context) };
  const client = await openNodeClient(url, signal);
  const model = chooseModel(client, flags.entry);
  const manifest = await client.manifest(model);
  const adapterPaths = flags.adapter.length > 0 ? flags.adapter : await pullAdapters(client, manifest, pull, signal);
  await checkJudgeable(manifest, adapterPaths);
  const modelPath = flags.model ?? (await pullProbed(client, model, manifest, pull, signal));
  const { modelRoot } = await identifyWithBar(modelPath, pull.progress, signal);
  const own = flags.questions === undefined ? [] : (await readFile(flags.questions, "utf8")).split("\n");
  const { read, failing } = await probeNode({
    client,
    model,
    modelRoot,
    questions: own.filter((line) => line.trim() !== ""),
    maxRequests: flags.requests,
    enoughTokens,
    file: flags.save,
    onProgress: progress("tokens asked for"),
  });
  return auditReceipts(read, {
    ...(await settings(flags, context)),
    modelPath,
    adapterPaths,
    knowsAdapters: true,
    failing,
  });
}

async function judged(flags: AuditFlags, look: () => Promise<AuditReport>): Promise<void> {
  await orTwo(flags.json, async () => {
    const report = await look();
    say(flags.json, { ...report, notProven }, reportLines(report));
    process.exitCode = exitCodes[report.verdict];
  });
}

async function orTwo(json: true | undefined, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (json) process.stdout.write(`${JSON.stringify(errorLine(error))}\n`);
    process.stderr.write(`${withoutSecrets(error instanceof BaseError ? error.message : shortMessageOf(error))}\n`);
    process.exitCode = 2;
  }
}

function progress(what: string): (done: number, of: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  return (done, of) => void process.stderr.write(done < of ? `\r${done} of ${of} ${what}` : "\r\u001b[K");
}
