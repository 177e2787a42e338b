/** Options of Node for our processes. */

import path from "node:path";

/** MiB of each half of the young heap, where Node would take 32 or more: the past makes much that dies young. */
const INDEXER_SEMI_SPACE = 8;

/** @param {string} file The script that Node is to run. @returns {string[]} */
export function nodeFlags(file) {
  return path.resolve(file).endsWith(path.join("indexer", "main.ts"))
    ? [`--max-semi-space-size=${INDEXER_SEMI_SPACE}`]
    : [];
}
