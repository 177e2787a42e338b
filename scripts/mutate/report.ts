/** What mutation found, as the page that is committed. */

import type { Change } from "./changeOf.ts";
import type { FaultKind } from "./makeMutants.ts";

export type Verdict = "killed" | "survived" | "equivalent" | "refused";
export type Finding = Change & { readonly kind: FaultKind; readonly verdict: Verdict; readonly by: string };

/** Markdown. `made`: how many mutants there are in all, tried or not. */
export function mutantsPage(
  findings: readonly Finding[],
  made: number,
  whyEquivalent: (change: Change) => string | undefined,
): string {
  const tried = findings.filter(({ verdict }) => verdict !== "refused");
  const of = (verdict: Verdict, from: readonly Finding[]) => from.filter((one) => one.verdict === verdict).length;
  const row = (name: string, from: readonly Finding[]) =>
    `| ${name} | ${from.length} | ${of("killed", from)} | ${of("equivalent", from)} | ${of("survived", from)} |`;
  const files = [...new Set(tried.map(({ file }) => file))].sort();
  const kinds = [...new Set(tried.map(({ kind }) => kind))].sort();
  const refused = findings.length - tried.length;
  return `# Mutants

Written by \`npm run mutate\`: small faults put into the contracts one at a time, each tried against the Solidity tests. The
tests should find every fault ("killed"). Of ${made} that can be made, ${findings.length} were tried, chosen evenly over all files;
${refused} of those the compiler refused. A mutant that no test can tell from the original is listed, with the reason, in
equivalentMutants.json.

| Fault | tried | killed | equivalent | survived |
| --- | ---: | ---: | ---: | ---: |
${kinds
  .map((kind) =>
    row(
      kind,
      tried.filter((one) => one.kind === kind),
    ),
  )
  .join("\n")}
${row("**all**", tried)}

| File | tried | killed | equivalent | survived |
| --- | ---: | ---: | ---: | ---: |
${files
  .map((file) =>
    row(
      file,
      tried.filter((one) => one.file === file),
    ),
  )
  .join("\n")}

## Survived

${list(tried, "survived", () => undefined)}

## Argued equivalent

${list(tried, "equivalent", whyEquivalent)}
`;
}

function list(findings: readonly Finding[], wanted: Verdict, why: (change: Change) => string | undefined): string {
  const lines = findings
    .filter(({ verdict }) => verdict === wanted)
    .map((finding) => {
      const reason = why(finding);
      const change = `${finding.file}:${finding.line}, ${finding.kind}\n  - \`${finding.before}\`\n  + \`${finding.after}\``;
      return `- ${change}${reason === undefined ? "" : `\n\n  ${reason}`}`;
    });
  return lines.length === 0 ? "None." : lines.join("\n");
}
