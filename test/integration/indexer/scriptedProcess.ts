import { FINALITY } from "../../support/scriptedFollower.ts";
import { FACTORY, REGISTRY } from "../../support/scriptedLogs.ts";
import { startIndexerProcess } from "./indexerProcess.ts";

/** Starts an indexer's process on a scripted chain. `under`: a command that becomes it. */
export function startScripted(
  options: Record<string, string>,
  under: readonly string[] = [],
  flags: readonly string[] = [],
) {
  const given = {
    ...{ factory: FACTORY, "node-registry": REGISTRY, "log-level": "warn" },
    ...{ "finality-depth": String(FINALITY), "poll-ms": "5" },
    ...options,
  };
  const args = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
  return startIndexerProcess(["serve", ...args, ...flags], undefined, under);
}
