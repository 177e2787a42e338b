/**
 * How often an audit of receipts cries wolf, and how often it lets a wolf by: `npm run bench:audit`. Real models, real
 * engines on several kinds of CPU, answers to random questions, pooled until there are enough. Writes audit.md.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { enoughTokens, poolAnswers, tolerated } from "../../inference-node/audit/auditVerdict.ts";
import { onlyBackend } from "../../inference-node/audit/cpuBackends.ts";
import { openJudge } from "../../inference-node/audit/openJudge.ts";
import { ordinaryQuestion } from "../../inference-node/audit/ordinaryQuestions.ts";
import { seededRandom } from "../../scripts/start/seededRandom.ts";
import { root } from "../../scripts/tool/root.ts";
import { requantizeModel } from "../support/requantizeModel.ts";
import { type Spoken, speak } from "../support/speakers.ts";

const models = ["bedtime", "clauses", "haiku", "sums", "tickermood"] as const;
type Model = (typeof models)[number];
const runsPerModel = Number(process.env["COINDROP_AUDIT_RUNS"] ?? 4);
/** Enough for one run's tokens, of the model whose answers are shortest. */
const questionsPerRun = Number(process.env["COINDROP_AUDIT_QUESTIONS"] ?? 150);
const cases = [
  { name: "honest, same CPU", honest: true },
  { name: "honest, x64 without vectors", honest: true },
  { name: "honest, haswell", honest: true },
  { name: "Q4_0 of it served as Q8_0", honest: false },
  { name: "another model under its name", honest: false },
] as const;

const [x64, haswell] = [onlyBackend("x64"), onlyBackend("haswell")];
const folder = mkdtempSync(path.join(tmpdir(), "coindrop-audit-"));
try {
  const random = seededRandom(20_261_127);
  const questions = distinctQuestions(runsPerModel * questionsPerRun, random);
  const fileOf = (model: Model) => path.join(root, "scripts/demo/models", `${model}.gguf`);

  const spoken = new Map<Model, Spoken[][]>();
  for (const model of models) {
    const small = path.join(folder, `${model}.q4.gguf`);
    await requantizeModel(fileOf(model), small);
    const [native, plain] = await Promise.all([
      speak(fileOf(model), questions),
      speak(fileOf(model), questions, x64.nodeArguments),
    ]);
    const [wide, quarter] = await Promise.all([
      speak(fileOf(model), questions, haswell.nodeArguments),
      speak(small, questions),
    ]);
    spoken.set(model, [native, plain, wide, quarter]);
    console.log(`${model} has spoken`);
  }

  const results = cases.map(({ name, honest }) => ({ name, honest, runs: [] as Run[] }));
  for (const [index, model] of models.entries()) {
    const judge = await openJudge({
      modelPath: fileOf(model),
      adapterPaths: [],
      contextSize: 512,
      batchSize: 512,
      threads: 1,
    });
    const other = models[(index + 1) % models.length] ?? model;
    const answers = [...(spoken.get(model) ?? []), spoken.get(other)?.[0] ?? []];
    for (const [which, all] of answers.entries()) {
      for (let run = 0; run < runsPerModel; run++) {
        const part = all.slice(run * questionsPerRun, (run + 1) * questionsPerRun);
        results[which]?.runs.push(await runOf(judge, part));
      }
    }
    judge.close();
    console.log(`${model} was judged`);
  }
  const table = tableOf(results);
  writeFileSync(path.join(root, "test/bench/audit.md"), table);
  console.log(table);
  console.log(
    JSON.stringify({
      bench: "audit",
      cases: results.map(({ name, honest, runs }) => ({ name, honest, runs: runs.length, ...countsOf(honest, runs) })),
    }),
  );
} finally {
  x64.remove();
  haswell.remove();
  rmSync(folder, { recursive: true, force: true });
}

type Run = {
  readonly tokens: number;
  readonly mismatches: number;
  readonly refused: boolean;
  readonly answers: number;
};

/** One audit: answers until there are enough tokens, judged by the file that should have given them. */
async function runOf(judge: Awaited<ReturnType<typeof openJudge>>, spoken: readonly Spoken[]): Promise<Run> {
  let [tokens, mismatches, answers] = [0, 0, 0];
  for (const { promptTokens, outputTokens } of spoken) {
    if (tokens >= enoughTokens) break;
    const said = await judge.judge(promptTokens, outputTokens).catch(() => null);
    // Token ids that the model does not have: the audit lists the receipt as failing.
    if (said === null) return { tokens, mismatches, answers, refused: true };
    tokens += outputTokens.length;
    mismatches += outputTokens.filter((token, index) => token !== said[index]).length;
    answers += 1;
  }
  return { tokens, mismatches, answers, refused: false };
}

function countsOf(honest: boolean, runs: readonly Run[]) {
  const wrong = (exact: boolean): number =>
    runs.filter(({ tokens, mismatches, refused }) => {
      const [pool] = poolAnswers([{ node: "", exact, tokens, mismatches }]);
      return (pool?.verdict === "holds" && !refused) !== honest;
    }).length;
  return { wrongIfExact: wrong(true), wrongIfPooled: wrong(false) };
}

function tableOf(results: readonly { name: string; honest: boolean; runs: readonly Run[] }[]): string {
  const rows = results.map(({ name, honest, runs }) => {
    const shares = runs.filter(({ refused }) => !refused).map(({ tokens, mismatches }) => (100 * mismatches) / tokens);
    const { wrongIfExact, wrongIfPooled } = countsOf(honest, runs);
    const [least, most] = [Math.min(...shares), Math.max(...shares)].map((share) => `${share.toFixed(2)} %`);
    const fewest = Math.min(...runs.filter(({ refused }) => !refused).map(({ tokens }) => tokens));
    const range = shares.length === 0 ? "no such tokens" : `${least} to ${most}`;
    const judged = shares.length === 0 ? "–" : String(fewest);
    const kind = honest ? "false alarms" : "misses";
    const named = (wrong: number) => `${wrong} of ${runs.length} ${kind}`;
    return `| ${name} | ${runs.length} | ${judged} | ${range} | ${named(wrongIfExact)} | ${named(wrongIfPooled)} |`;
  });
  return [
    "# How well an audit of receipts tells nodes apart",
    "",
    "`npm run bench:audit` on the five demo models (Q8_0, a million parameters each), random questions of",
    `[ordinaryQuestions.ts](../../inference-node/audit/ordinaryQuestions.ts), ${runsPerModel} runs a model. A run pools different answers`,
    `until there are ${enoughTokens} tokens. "Exact" takes no mismatch and is the rule for the same engine and Q8_0 or Q4_0; "pooled"`,
    `takes up to ${(tolerated * 100).toFixed(1)} % and is the rule for everybody else.`,
    "",
    "| what is served | runs | fewest tokens | tokens that differ | exact | pooled |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function distinctQuestions(count: number, random: () => number): string[] {
  const found = new Set<string>();
  while (found.size < count) found.add(ordinaryQuestion((below) => Math.floor(random() * below)));
  return [...found];
}
