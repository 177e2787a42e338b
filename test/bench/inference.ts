/**
 * How fast a node answers, beside llama-server: `npm run bench:inference`. Same file, same threads, same requests over
 * HTTP, one round after the other and each round in another order; ratios are medians over the rounds of what was
 * measured within one. Prints a table, and JSON as its last line.
 *
 * `--build`: builds a llama-server first where there is none. `--threads n`, `--rounds n`, `--write`: the part of
 * test/bench/inference.md that is not written by hand.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../scripts/tool/root.ts";
import { pullPeak } from "../support/pullPeak.ts";
import { askStream } from "./askStream.ts";
import { findLlamaServer } from "./findLlamaServer.ts";
import { withGeneratedPart } from "./generatedPart.ts";
import { measureVerification } from "./measureVerification.ts";
import { writeRandomModel } from "./randomModel.ts";
import type { Server } from "./servers.ts";
import { startOurs, startTheirs } from "./servers.ts";

const CLIENTS = 8;
const TOKENS = 64;

type Figures = { readonly firstMs: number; readonly one: number; readonly eight: number };

const { values } = parseArgs({
  options: {
    build: { type: "boolean", default: false },
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "7" },
    write: { type: "boolean", default: false },
  },
});
const threads = Number(values.threads);
const folder = mkdtempSync(path.join(tmpdir(), "coindrop-bench-"));
const servers = new Map<string, Server>();
try {
  const modelPath = path.join(folder, "random.gguf");
  const { parameters } = await writeRandomModel(modelPath, path.join(root, "scripts/demo/models/sums.gguf"));
  const binary = findLlamaServer(values.build);
  const verification = await measureVerification({ bytes: 536_870_912 });
  const shared = { threads, parallel: CLIENTS };
  servers.set("embedded", await startOurs(modelPath, { ...shared, engines: [] }));
  if (binary === null) {
    console.log("No llama-server: set LLAMA_SERVER=<its binary>, or build one with --build. What is left:");
  } else {
    const engines = [{ api: "own-llama-server", binary } as const];
    servers.set("own llama-server", await startOurs(modelPath, { ...shared, engines }));
    servers.set("llama-server alone", await startTheirs(binary, modelPath, shared));
  }

  const names = [...servers.keys()];
  const rounds: Record<string, Figures>[] = [];
  // The first round warms caches and is not counted.
  for (let round = -1; round < Number(values.rounds); round++) {
    const figures: Record<string, Figures> = {};
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      figures[name] = await measure(servers.get(name) as Server, round);
    }
    if (round >= 0) rounds.push(figures);
  }

  const of = (name: string, figure: keyof Figures) => rounds.map((round) => round[name]?.[figure] ?? Number.NaN);
  const ratio = (name: string, figure: keyof Figures): number | null => {
    const theirs = of("llama-server alone", figure);
    return binary === null ? null : median(of(name, figure).map((ours, at) => ours / (theirs[at] ?? Number.NaN)));
  };
  const show = (value: number | null, digits: number) => (value === null ? "–" : value.toFixed(digits));
  const lines = [
    "| Engine | first token, ms | one client, tokens/s | 8 clients, tokens/s | ratios to llama-server alone |",
    "| --- | ---: | ---: | ---: | --- |",
    ...names.map((name) => {
      const ratios = (["firstMs", "one", "eight"] as const).map((figure) => show(ratio(name, figure), 2)).join(" / ");
      const cells = [median(of(name, "firstMs")), median(of(name, "one")), median(of(name, "eight"))];
      return `| ${name} | ${cells.map((value) => show(value, 1)).join(" | ")} | ${ratios} |`;
    }),
  ];
  const setting = `${(parameters / 1e6).toFixed(0)} M parameters, Q8_0, ${threads} thread(s), ${rounds.length} rounds, ${cpus()[0]?.model} with ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`;
  const { verifyRatio, verifyMegabytesPerSecond, opensslMegabytesPerSecond, verifyMemoryMegabytes } = verification;
  const [shortPull, longPull] = [await pullPeak(64 * 2 ** 20), await pullPeak(2 ** 30)];
  lines.push(
    "",
    `Verifying a file: ${verifyMegabytesPerSecond} MB/s, openssl dgst -sha256 ${opensslMegabytesPerSecond ?? "–"} MB/s, ratio ${show(verifyRatio, 2)}; ${verifyMemoryMegabytes} MB of memory.`,
    `Pulling a file: ${shortPull} MB of memory at most for 64 MiB, ${longPull} MB for 1 GiB.`,
  );
  console.log(`\n${setting}\n\n${lines.join("\n")}\n`);
  if (values.write) {
    const page = path.join(root, "test/bench/inference.md");
    const part = ["", `Measured by \`npm run bench:inference -- --write\`: ${setting}.`, "", ...lines, ""];
    writeFileSync(page, withGeneratedPart(readFileSync(page, "utf8"), part));
  }
  const rounded = (value: number | null) => (value === null ? null : Math.round(value * 1_000) / 1_000);
  console.log(
    JSON.stringify({
      bench: "inference",
      firstTokenRatio: rounded(ratio("embedded", "firstMs")),
      oneClientRatio: rounded(ratio("embedded", "one")),
      eightClientRatio: rounded(ratio("embedded", "eight")),
      verifyRatio: verification.verifyRatio,
      verifyMemoryMegabytes,
      pullMemoryMegabytes: { "64MiB": shortPull, "1GiB": longPull },
      upstreamOneClientRatio: rounded(ratio("own llama-server", "one")),
      upstreamEightClientRatio: rounded(ratio("own llama-server", "eight")),
    }),
  );
} finally {
  await Promise.all([...servers.values()].map(({ close }) => close()));
  rmSync(folder, { recursive: true, force: true });
}

async function measure({ url, model }: Server, round: number): Promise<Figures> {
  const prompt = (client: number) =>
    `Round ${round}, client ${client}. ${"What is 12 plus 30? Compare 4 and 8. ".repeat(6)}`;
  const alone = await askStream(url, model, prompt(0), TOKENS);
  const began = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, (_, at) => askStream(url, model, prompt(at + 1), TOKENS)));
  return {
    firstMs: alone.firstMs,
    one: ((TOKENS - 1) * 1_000) / (alone.totalMs - alone.firstMs),
    eight: (CLIENTS * TOKENS * 1_000) / (performance.now() - began),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
