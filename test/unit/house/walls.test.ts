/** Plants imports into a bare copy of the house and lets the real biome.json judge them. */

import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { root } from "../../../scripts/tool/root.ts";
import { toolPath } from "../../../scripts/tool/toolPath.ts";

/** [where the import is planted, what it imports] */
const FORBIDDEN = [
  ["app/entry/plant1.ts", "node:fs"],
  ["app/entry/plant2.ts", "fs"],
  ["app/entry/plant3.tsx", "../../indexer/store/rows.ts"],
  ["app/plant4.ts", "../inference-node/serve/createApp.ts"],
  ["app/plant5.ts", "../scripts/audit/recount.ts"],
  ["app/plant6.ts", "../contracts/protocol/tally.ts"],
  ["app/plant7.ts", "../test/support/chromium.ts"],
  ["contracts/protocol/plant1.ts", "node:crypto"],
  ["contracts/protocol/plant2.ts", "crypto"],
  ["contracts/protocol/plant3.ts", "ethers"],
  ["contracts/protocol/plant4.ts", "../../indexer/main.ts"],
  ["contracts/protocol/plant5.ts", "@noble/hashes/sha2.js"],
  ["contracts/protocol/plant6.ts", "viemlike"],
  ["indexer/plant1.ts", "../app/words/words.ts"],
  ["indexer/store/plant2.ts", "../../inference-node/main.ts"],
  ["indexer/plant3.ts", "../scripts/start.ts"],
  ["indexer/plant4.ts", "../contracts/protocol/tally.ts"],
  ["indexer/plant5.ts", "../test/support/chromium.ts"],
  ["inference-node/plant1.ts", "../app/words/words.ts"],
  ["inference-node/serve/plant2.ts", "../../indexer/main.ts"],
  ["inference-node/plant3.ts", "../scripts/start.ts"],
  ["inference-node/plant4.ts", "../contracts/protocol/tally.ts"],
  ["inference-node/plant5.ts", "../test/support/chromium.ts"],
  ["scripts/plant1.ts", "../app/words/words.ts"],
  ["scripts/start/plant2.ts", "../../test/support/chromium.ts"],
  ["scripts/plant3.ts", "../contracts/protocol/tally.ts"],
  ["scripts/audit/plant1.ts", "#protocol/tally.ts"],
  ["scripts/audit/plant2.ts", "viem"],
  ["scripts/audit/plant3.ts", "../chainClients.ts"],
  ["scripts/audit/plant4.ts", "../../indexer/project/project.ts"],
  ["scripts/audit/plant5.ts", "viem/utils"],
] as const;

const ALLOWED = [
  ["app/fair1.ts", "#protocol/tally.ts"],
  ["app/fair2.ts", "viem"],
  ["app/entry/fair3.ts", "../words/words.ts"],
  ["contracts/protocol/fair1.ts", "viem/utils"],
  ["contracts/protocol/fair2.ts", "zod"],
  ["contracts/protocol/fair3.ts", "./tally.ts"],
  ["contracts/protocol/fair4.ts", "canonicalize"],
  ["contracts/protocol/fair5.ts", "viem"],
  ["indexer/fair1.ts", "node:sqlite"],
  ["indexer/fair2.ts", "#protocol/tally.ts"],
  ["inference-node/fair1.ts", "node:child_process"],
  ["inference-node/fair2.ts", "#protocol/manifest.ts"],
  ["scripts/fair1.ts", "../indexer/main.ts"],
  ["scripts/fair2.ts", "../inference-node/main.ts"],
  ["scripts/audit/fair1.ts", "ethers"],
  ["scripts/audit/fair2.ts", "./recount.ts"],
  ["test/unit/fair1.ts", "../../app/words/words.ts"],
  ["test/unit/fair2.ts", "../../indexer/main.ts"],
] as const;

/** Other ways through a wall than an import of values, each planted in the app. */
const FORMS = [
  ["app/form1.ts", 'import type { Row } from "../indexer/store/rows.ts";\nexport type Own = Row;\n'],
  ["app/form2.ts", 'export { row } from "../indexer/store/rows.ts";\n'],
  ["app/form3.ts", 'export const rows = await import("../indexer/store/rows.ts");\n'],
  ["app/form4.ts", 'import "../indexer/store/rows.ts";\n'],
] as const;

const WALLS = ["lint/style/noRestrictedImports", "lint/correctness/noNodejsModules"];
const Report = z.object({
  diagnostics: z.array(
    z.object({ category: z.string(), severity: z.string(), location: z.object({ path: z.string() }) }),
  ),
});

const copy = mkdtempSync(join(tmpdir(), "coindrop-walls-"));
let hit: ReadonlySet<string> = new Set();

beforeAll(async () => {
  for (const file of ["biome.json", ".gitignore"]) copyFileSync(join(root, file), join(copy, file));
  for (const [file, source] of [...FORBIDDEN, ...ALLOWED]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), `import { something } from ${JSON.stringify(source)};\n\nsomething();\n`);
  }
  for (const [file, text] of FORMS) writeFileSync(join(copy, file), text);
  hit = new Set(await filesThatHitAWall(copy));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

test.each(FORBIDDEN)("%s may not import %s", (file) => {
  expect(hit).toContain(file);
});

test.each(FORMS)("%s may not say %s", (file) => {
  expect(hit).toContain(file);
});

test.each(ALLOWED)("%s may import %s", (file) => {
  expect(hit).not.toContain(file);
});

/** Runs Biome over `folder`; returns the files, relative to it, that a rule on imports calls an error. */
function filesThatHitAWall(folder: string): Promise<readonly string[]> {
  const args = [toolPath("@biomejs/biome", "biome"), "lint", "--reporter=json", "--max-diagnostics=500"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 }, (_error, stdout, stderr) => {
      const json = stdout.slice(stdout.indexOf("{"));
      if (json === "") return reject(new Error(`Biome gave no report: ${stderr}`));
      const { diagnostics } = Report.parse(JSON.parse(json));
      const errors = diagnostics.filter(({ category, severity }) => WALLS.includes(category) && severity === "error");
      resolve(errors.map(({ location }) => location.path.replace(`${folder}/`, "")));
    });
  });
}
