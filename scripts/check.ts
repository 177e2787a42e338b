/**
 * Everything that is checked without running the house: `npm run check`, or some, `npm run check -- types unused`.
 * Runs all of them, shows what the failing ones said, ends with 1 if any failed.
 */

import { join } from "node:path";
import { root } from "./tool/root.ts";
import { run } from "./tool/run.ts";
import { toolPath } from "./tool/toolPath.ts";

type Check = {
  readonly name: string;
  readonly what: string;
  readonly file: string;
  readonly args: readonly string[];
};

const SOLIDITY = ["contracts/**/*.sol", "test/**/*.sol"];

const CHECKS: readonly Check[] = [
  {
    name: "style",
    what: "Biome: format, lint, walls between rooms",
    file: toolPath("@biomejs/biome", "biome"),
    args: ["check", "--error-on-warnings", "--diagnostic-level=warn", "--max-diagnostics=100"],
  },
  { name: "types", what: "TypeScript", file: toolPath("typescript", "tsc"), args: [] },
  {
    name: "solidity",
    what: "solhint",
    file: toolPath("solhint"),
    args: ["--disc", "--noPoster", "--max-warnings=0", ...SOLIDITY],
  },
  {
    name: "solidity-format",
    what: "prettier",
    file: toolPath("prettier"),
    args: ["--check", "--log-level=warn", ...SOLIDITY],
  },
  {
    name: "house",
    what: "the walls bite, the floors hold, ABIs and lock file are current",
    file: toolPath("vitest"),
    args: ["run", "--project=unit", "--reporter=dot", "test/unit/house/"],
  },
  {
    name: "coverage",
    what: "99 % of the contracts' statements and lines, 95 % of branches, reached by Solidity tests",
    file: join(root, "scripts/coverage.ts"),
    args: [],
  },
  { name: "unused", what: "knip: files, exports, dependencies", file: toolPath("knip"), args: ["--no-progress"] },
];

const named = process.argv.slice(2);
const unknown = named.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`no check is named ${unknown.join(", ")}; there are ${CHECKS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const failed: string[] = [];
for (const check of CHECKS.filter(({ name }) => named.length === 0 || named.includes(name))) {
  const started = performance.now();
  const { code, output } = await run(check.file, check.args, { output: "keep", env: { FORCE_COLOR: "0" } });
  const took = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${check.name} (${check.what}), ${took} s`);
  if (code === 0) continue;
  failed.push(check.name);
  console.log(
    `${output.trim()}\n       ran: node ${check.file.replace(join(root, "/"), "")} ${check.args.join(" ")}\n`,
  );
}
console.log(
  failed.length === 0 ? "all checks pass" : `failed: ${failed.join(", ")} (\`npm run format\` mends formats)`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
