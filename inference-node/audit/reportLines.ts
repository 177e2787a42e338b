import type { AuditReport } from "./auditReceipts.ts";
import { enoughExactTokens, enoughTokens, tolerated } from "./auditVerdict.ts";

/** What an audit does not show, whatever its verdict. */
export const notProven = [
  "that answers nobody saved, or sampled ones, came from this model",
  "that the text you read is the tokens that were signed, or the prompt the question you asked",
  "that a node whose engine differs from yours runs a model very close to this one: within the tolerance it passes",
  "that a node which names a llama-server as its engine runs this model and no close one: its CPU is not named, so the tolerance holds",
  "whose machine answered, and that the entry on chain names this file (verify does)",
] as const;

const words = { holds: "HOLDS", "does not hold": "DOES NOT HOLD", "not enough": "TOO LITTLE TO TELL" } as const;

/** An audit's report for a person. */
export function reportLines(report: AuditReport): string[] {
  const { failing, differing, pools, keys } = report;
  const tokens = pools.reduce((all, pool) => all + pool.tokens, 0);
  const left = [
    [report.notGreedy, "sampled: only greedy answers can be judged"],
    [report.otherModel, "about another model file or entry"],
    [report.repeated, "the same question and answer again"],
  ] as const;
  return [
    `${words[report.verdict]}, ${tokens} tokens compared: ${report.read} receipts read, ${failing.length} failing`,
    `model    SHA-256 ${report.model.sha256.slice(2)}, ${report.model.quantization ?? "quantisation unknown"}`,
    report.adapters === null
      ? "adapters unknown: if the entry has any, what differs proves nothing. Give its manifest (--manifest), which a node serves at /manifests/<hash>"
      : `adapters ${report.adapters} applied, all that the entry has`,
    ...(report.engine === null ? [] : [`engine   ${report.engine}`]),
    ...left.filter(([count]) => count > 0).map(([count, what]) => `left out ${count} ${what}`),
    ...pools.map((pool) => {
      const rate = pool.matchRate === null ? "no token" : `${(pool.matchRate * 100).toFixed(2)} % match`;
      const rule =
        pool.rule === "exact"
          ? `the bits must be the same, of ${enoughExactTokens} tokens or more`
          : `up to ${(tolerated * 100).toFixed(1)} % may differ, of ${enoughTokens} tokens or more`;
      return `node     ${pool.node}: ${words[pool.verdict].toLowerCase()}; ${rate}, ${pool.mismatches} of ${pool.tokens} tokens differ in ${pool.answers} answers (${rule})`;
    }),
    ...keys.map(
      ({ key, registered }) =>
        `key      ${key} ${registered === null ? "(no chain was asked whose it is)" : registered ? "is registered" : "is in no registry"}`,
    ),
    ...failing.map(({ where, faults }) => `fails    ${where}: ${faults.join("; ")}`),
    ...differing.map(({ where, tokens, mismatches }) => `differs  ${where}: ${mismatches} of ${tokens} tokens`),
    "Not shown by this:",
    ...notProven.map((line) => `  ${line}`),
  ];
}
