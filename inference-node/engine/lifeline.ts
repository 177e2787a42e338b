import { fstatSync } from "node:fs";

/**
 * The descriptor by which the node hears that a model's process and all that it started are gone: it closes with the last
 * of them, so each hands it on. For the list of `stdio`; none where this process was started by somebody else.
 */
export function lifeline(): number | "ignore" {
  try {
    const stats = fstatSync(4);
    return stats.isFIFO() || stats.isSocket() ? 4 : "ignore";
  } catch {
    return "ignore";
  }
}
