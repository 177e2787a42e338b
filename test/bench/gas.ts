/**
 * Gas of every action, as whole transactions on an in-process chain, beside floors measured in the same run, gates and
 * what others published: `npm run bench:gas`. `--write` puts the table into test/bench/gas.md. Exits 1 when a gate is
 * exceeded.
 */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createContestLab } from "../support/contestLab.ts";
import { gasTable, judge } from "./gasTable.ts";
import { measureGas } from "./measureGas.ts";
import { measureNodes } from "./measureNodes.ts";

const lab = await createContestLab();
const contests = await measureGas(lab);
await lab.chain.close();
const figures = { ...contests, ...(await measureNodes()) };
const verdicts = judge(figures);
const table = gasTable(verdicts);

if (process.argv.includes("--write")) {
  writeFileSync(fileURLToPath(new URL("gas.md", import.meta.url)), `${preface()}\n\n${table}\n`);
}
console.log(table);
console.log(JSON.stringify({ bench: "gas", ...figures }));
process.exitCode = verdicts.every(({ holds }) => holds) ? 0 : 1;

function preface(): string {
  return `# Gas

Written by \`npm run bench:gas -- --write\`: whole transactions, simulated chain under Osaka rules, solc 0.8.37 with viaIR
and 200 runs, a limitless allowance except where a permit brings it. Drops fall into the averaging window, on an entry
that has weight, by a voter who keeps coins.

- \`Finalized\` carries the ten ranks in one word. Spelled out they made \`finalize\` cost 37,479.
- Each word of the rules is read by itself with \`extcodecopy\`. Reading them through \`Clones.fetchCloneArgs\`, which
  copies all nine, made a first drop cost 81,611 instead of 77,250 and a move 77,168 instead of 72,797: over their
  gates. That is what the only assembly in the contracts is for.
- Measuring what arrives (\`balanceOf\` before and after) costs a drop 2,102; without it 75,148. The law asks for it.
- A contest's very first submission writes two slots that later ones find written: its roll and its coin balance.
- The worst case of counting is every entry beating all before it: each then goes through all ten ranks.`;
}
