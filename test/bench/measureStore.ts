import { activity, stakes } from "../../indexer/project/tables.ts";
import { putRow } from "../../indexer/store/backend.ts";
import { openDatabase } from "../../indexer/store/openDatabase.ts";
import { createSqliteBackend } from "../../indexer/store/sqliteBackend.ts";
import { CONTEST, voterOf } from "../support/scriptedLogs.ts";

const ROWS_A_TRANSACTION = 5_000;
const EVENTS_A_BLOCK = 20;
const ENTRIES = 1_000;
const VOTERS = 100_000;
const TRANSACTION = `0x${"b".repeat(64)}` as const;

/** Milliseconds to put the rows of so many stakes into an empty database, with their indexes: no chain, no fold. */
export async function measureStore({ events, file }: { readonly events: number; readonly file: string }) {
  const opened = openDatabase(file);
  const { write, close } = createSqliteBackend(opened);
  let ms = 0;
  for (let first = 0; first < events; first += ROWS_A_TRANSACTION) {
    const count = Math.min(ROWS_A_TRANSACTION, events - first);
    const rows = Array.from({ length: count }, (_, index) => rowsOf(first + index));
    const puts = [putRow(activity, ...rows.map(([row]) => row)), putRow(stakes, ...rows.map(([, row]) => row))];
    const began = performance.now();
    await write(async () => puts);
    ms += performance.now() - began;
  }
  const began = performance.now();
  for (const { indexDdl } of [activity, stakes]) for (const sql of indexDdl) opened.database.exec(sql);
  ms += performance.now() - began;
  await close();
  return ms;
}

function rowsOf(event: number) {
  const block = 2 + Math.floor(event / EVENTS_A_BLOCK);
  const logIndex = event % EVENTS_A_BLOCK;
  const [account, entryId] = [voterOf((block * 7_919) % VOTERS), 1 + ((block * 31 + logIndex * 47) % ENTRIES)];
  const stake = BigInt(1 + (event % 9)) * 10n ** 17n;
  const [entryWeight, acc] = [10n ** 20n + BigInt(event), 10n ** 25n + BigInt(event)];
  const tally = { entryWeight, acc, last: block, staked: entryWeight, support: 0n, voters: 7 };
  const rest = { number: null, evidenceURI: null, ruling: null, lapsed: null };
  const about = { contest: CONTEST, entryId, stake, weight: stake };
  return [
    { block, logIndex, transaction: TRANSACTION, kind: "dropped", account, amount: stake, ...about, ...tally, ...rest },
    { voter: account, changedBlock: block, ...about },
  ] as const;
}
