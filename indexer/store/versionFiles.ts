import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PROJECTION_VERSION } from "./projectionVersion.ts";

export type VersionFile = { readonly version: number; readonly path: string };

/** Where this version keeps its rows, of a database named `file`: in that file itself, or beside one of another version. */
export function ownFileOf(file: string): string {
  const path = resolve(file);
  const beside = `${path}.v${PROJECTION_VERSION}`;
  const version = versionOf(path);
  return !existsSync(beside) && (version === 0 || version === PROJECTION_VERSION) ? path : beside;
}

/** Files with rows of older versions, the newest version first. */
export function olderFilesOf(file: string): VersionFile[] {
  const path = resolve(file);
  const name = `${basename(path)}.v`;
  const beside = existsSync(dirname(path)) ? readdirSync(dirname(path)) : [];
  const paths = beside.filter((one) => one.startsWith(name) && /^\d+$/.test(one.slice(name.length)));
  return [path, ...paths.map((one) => join(dirname(path), one))]
    .map((one) => ({ version: versionOf(one), path: one }))
    .filter(({ version }) => version > 0 && version < PROJECTION_VERSION)
    .sort((a, b) => b.version - a.version);
}

/** The version that made a file; 0 for none, and for what is no database. */
function versionOf(path: string): number {
  if (!existsSync(path)) return 0;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
  } catch {
    return 0;
  } finally {
    database?.close();
  }
}
