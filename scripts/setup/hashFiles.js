/** Hashes files by name and content. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * SHA-256, in hex, over the files' names (relative to `root`) and bytes. Equal only when nothing was added, renamed or
 * changed.
 *
 * @param {string} root @param {string[]} files Absolute paths.
 */
export function hashFiles(root, files) {
  const hash = createHash("sha256");
  for (const file of [...files].sort()) {
    const bytes = readFileSync(file);
    hash.update(`${path.relative(root, file).replaceAll("\\", "/")}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

/**
 * All files below `folder` whose name ends in `suffix`, as absolute paths; none when there is no such folder.
 *
 * @param {string} folder @param {string} suffix
 * @returns {string[]}
 */
export function filesBelow(folder, suffix) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(place, suffix);
    return entry.name.endsWith(suffix) ? [place] : [];
  });
}
