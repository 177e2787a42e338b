import { expect } from "vitest";
import type { Tally } from "#protocol/tally.ts";
import type { EntryRow } from "../../indexer/project/tables.ts";
import { logOfRaw, readByAuditor, readByIndexer } from "../parity/readersOf.ts";
import { foldAnew } from "./indexerScript.ts";
import type { ScriptedChain } from "./scriptedChain.ts";
import { CONTEST, FACTORY, RULES } from "./scriptedLogs.ts";

/** All that an indexer wrote is what a fresh fold writes, what the reference says, and what the auditor's books hold. */
export async function mustAgree(tables: Awaited<ReturnType<typeof foldAnew>>, chain: ScriptedChain): Promise<void> {
  expect(tables).toEqual(await foldAnew(chain));
  const rows = tables["entries"] as readonly EntryRow[];
  const ours = rows.map(({ weight, acc, last }): Tally => ({ weight, acc, last: BigInt(last), status: "live" }));
  expect(ours).toEqual(chain.tallies());
  const { logs, times } = chain.said();
  const told = { logs: logs.map(logOfRaw), times, factory: FACTORY, contest: CONTEST };
  const { reading, broken } = readByAuditor(told, RULES);
  expect(broken).toEqual([]);
  expect(await readByIndexer(told, RULES)).toEqual(reading);
}
