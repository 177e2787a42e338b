import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import { describeIssues } from "#protocol/manifest.ts";
import type { SavedBundle } from "./savedBundle.ts";
import { savedBundleSchema } from "./savedBundle.ts";

/** `where`: file, and line where it holds several. */
export type ReadBundle = { readonly where: string; readonly bundle: SavedBundle };

/**
 * Reads saved bundles: a file with one a line (`.jsonl`), one alone (`.json`), or a folder with such files.
 *
 * Throws `InvalidInputError` at the first that is none: an audit of what could be read of it would be of nothing.
 */
export async function readBundles(from: string): Promise<ReadBundle[]> {
  const found: ReadBundle[] = [];
  for (const path of await filesAt(from)) {
    const text = await readFile(path, "utf8");
    if (!path.endsWith(".jsonl")) {
      found.push({ where: path, bundle: parse(text, path) });
      continue;
    }
    for (const [index, line] of text.split("\n").entries()) {
      const where = `${path}:${index + 1}`;
      if (line.trim() !== "") found.push({ where, bundle: parse(line, where) });
    }
  }
  if (found.length === 0) throw new InvalidInputError(`There are no bundles at ${from}.`);
  return found;
}

async function filesAt(from: string): Promise<string[]> {
  try {
    if (!(await stat(from)).isDirectory()) return [from];
    const names = await readdir(from);
    return names
      .filter((name) => /\.jsonl?$/.test(name))
      .sort()
      .map((name) => join(from, name));
  } catch (error) {
    throw new InvalidInputError(`${from} cannot be read.`, { metaMessages: [shortMessageOf(error)], cause: error });
  }
}

function parse(text: string, where: string): SavedBundle {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(`${where} is no JSON.`, { metaMessages: [shortMessageOf(error)], cause: error });
  }
  const parsed = savedBundleSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`${where} is no bundle.`, { metaMessages: describeIssues(parsed.error) });
}
