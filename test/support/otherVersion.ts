import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The indexer as a release with another projection version: a copy of the program in which only that number differs. */
export function otherVersion(version: number) {
  const folder = mkdtempSync(join(tmpdir(), "coindrop-version-"));
  cpSync(join(ROOT, "indexer"), join(folder, "indexer"), { recursive: true });
  for (const shared of ["contracts", "node_modules", "package.json"])
    symlinkSync(join(ROOT, shared), join(folder, shared));
  const file = join(folder, "indexer/store/projectionVersion.ts");
  const text = readFileSync(file, "utf8");
  const changed = text.replace(/PROJECTION_VERSION = \d+/, `PROJECTION_VERSION = ${version}`);
  if (changed === text) throw new Error(`the version was not found in ${file}`);
  writeFileSync(file, changed);
  return { main: join(folder, "indexer/main.ts"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
