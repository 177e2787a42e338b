/**
 * Puts small faults into the contracts, one at a time, and sees whether a Solidity test finds each: `npm run mutate`, or
 * `npm run mutate -- Ballots Prizes` (words of file names). `--sample 200` tries so many, spread evenly; `--workers 2`;
 * `--fresh` forgets what was tried before. Goes on where it was stopped. Writes test/mutants.md; ends with 1 when a mutant
 * survives that test/equivalentMutants.json does not list.
 */

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { callJury } from "./mutate/callJury.ts";
import { changeOf } from "./mutate/changeOf.ts";
import { whyEquivalent } from "./mutate/equivalents.ts";
import { type Mutant, makeMutants, mutated } from "./mutate/makeMutants.ts";
import { type Finding, mutantsPage } from "./mutate/report.ts";
import { buildTests } from "./solidity/buildTests.ts";
import { root } from "./tool/root.ts";

/** The law: tally, caps, orders, standings, payout, evidence and what they stand on. */
const FILES = "contracts/{contest,nodes,libraries}/*.sol";
/** Invariants go first through so few histories that a trial takes seconds; a survivor is looked at again, longer. */
const QUICK = { fuzzRuns: 8, invariantRuns: 2, invariantDepth: 32 };
const LONG = { fuzzRuns: 64, invariantRuns: 8, invariantDepth: 64 };
const PATIENCE = 240_000;

const { values, positionals } = parseArgs({
  options: { sample: { type: "string" }, workers: { type: "string", default: "1" }, fresh: { type: "boolean" } },
  allowPositionals: true,
});
const notes = join(root, ".coindrop/mutants.jsonl");
const Note = z.object({ key: z.string(), verdict: z.enum(["killed", "survived", "refused"]), by: z.string() });
if (values.fresh === true) rmSync(notes, { force: true });
mkdirSync(join(root, ".coindrop"), { recursive: true });

await buildTests();
const words = positionals.map((word) => word.toLowerCase());
const files = globSync(FILES, { cwd: root })
  .filter((file) => words.length === 0 || words.some((word) => file.toLowerCase().includes(word)))
  .sort();
const all = files.flatMap(makeMutants);
const chosen = values.sample === undefined ? all : spread(all, Number(values.sample));
const known = new Map(
  (existsSync(notes) ? readFileSync(notes, "utf8").trim().split("\n") : [])
    .filter((line) => line !== "")
    .map((line) => Note.parse(JSON.parse(line)))
    .map((note) => [note.key, note]),
);
console.log(`${chosen.length} of ${all.length} mutants of ${files.length} files; ${known.size} tried before`);

const workers = Number(values.workers);
const quick = callJury({ size: workers, patience: PATIENCE, effort: QUICK });
const long = callJury({ size: 1, patience: 2 * PATIENCE, effort: LONG });
const baseline = await quick.judge({ sources: {}, ignored: [], untilRed: false });
if (baseline === "stuck" || baseline.refused !== undefined)
  throw new Error(`the contracts as they are cannot be tried: ${baseline === "stuck" ? "no end" : baseline.refused}`);
const ignored = baseline.failed;
if (ignored.length > 0) console.log(`these fail without the optimizer and do not count: ${ignored.join(", ")}`);
const kills = new Map<string, number>();
const findings: Finding[] = [];
const queue = [...chosen.entries()];
await Promise.all(Array.from({ length: workers }, drain));
quick.close();
long.close();

const survivors = findings.filter(({ verdict }) => verdict === "survived");
writeFileSync(join(root, "test/mutants.md"), mutantsPage(inOrder(findings), all.length, whyEquivalent));
console.log(`${findings.length} tried, ${survivors.length} survived; written to test/mutants.md`);
process.exitCode = survivors.length === 0 ? 0 : 1;

async function drain(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [index, mutant] = next;
    const key = createHash("sha256")
      .update(`${mutant.file}\n${mutated(mutant)}`)
      .digest("hex");
    const note = known.get(key) ?? { key, ...(await judge(mutant)) };
    if (!known.has(key)) appendFileSync(notes, `${JSON.stringify(note)}\n`);
    const change = changeOf(mutant);
    const isEquivalent = note.verdict === "survived" && whyEquivalent(change) !== undefined;
    findings.push({ ...change, kind: mutant.kind, by: note.by, verdict: isEquivalent ? "equivalent" : note.verdict });
    if (note.verdict === "survived")
      console.log(`SURVIVED ${change.file}:${change.line}\n  - ${change.before}\n  + ${change.after}`);
    if (index % 20 === 0) console.log(`${index} of ${chosen.length}, ${new Date().toISOString()}`);
  }
}

async function judge(mutant: Mutant): Promise<Pick<z.infer<typeof Note>, "verdict" | "by">> {
  const trial = {
    sources: { [mutant.file]: mutated(mutant) },
    suites: suitesFor(mutant.file),
    ignored,
    untilRed: true,
  };
  for (const jury of [quick, long]) {
    const answer = await jury.judge(trial);
    if (answer === "stuck") return { verdict: "killed", by: "it never ended" };
    if (answer.refused !== undefined) return { verdict: "refused", by: answer.refused.slice(0, 200) };
    const [first] = answer.failed;
    if (first === undefined) continue;
    const [suite = ""] = first.split(" ");
    kills.set(`${mutant.file} ${suite}`, (kills.get(`${mutant.file} ${suite}`) ?? 0) + 1);
    return { verdict: "killed", by: first };
  }
  return { verdict: "survived", by: "" };
}

/** Those first that found most faults of this file, then the quick ones. */
function suitesFor(file: string): string[] {
  const took = baseline === "stuck" ? {} : baseline.took;
  const found = (suite: string) => kills.get(`${file} ${suite}`) ?? 0;
  return Object.entries(took)
    .sort(([a, quickA], [b, quickB]) => found(b) - found(a) || quickA - quickB)
    .map(([suite]) => suite);
}

function spread<Item>(items: readonly Item[], size: number): readonly Item[] {
  const step = items.length / Math.min(size, items.length);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

function inOrder(found: readonly Finding[]): readonly Finding[] {
  return found.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}
