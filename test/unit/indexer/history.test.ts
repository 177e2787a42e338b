import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { EMPTY_TALLY, projectedScore, reweighTally } from "#protocol/tally.ts";
import { runSql } from "../../../indexer/store/backend.ts";
import type { Header, Placed, Store } from "../../../indexer/store/store.ts";
import { blocks } from "../../../indexer/store/tables.ts";
import { blockNumberAt } from "../../../indexer/views/blocks.ts";
import { windowOf } from "../../../indexer/views/figures.ts";
import { historyView } from "../../../indexer/views/history.ts";
import {
  address,
  CONTEST,
  contestCreated,
  createMemoryStore,
  FACTORY,
  headerOf,
  placed,
  RULES,
  submitted,
  TIMES,
  TOKENS,
} from "./memoryStore.ts";

const ENTRIES = 4;
type Drop = { readonly entryId: number; readonly weight: bigint; readonly pause: number };
type Timed = Drop & { readonly time: number };

const drops = fc.array(
  fc.record({
    entryId: fc.integer({ min: 1, max: ENTRIES }),
    weight: fc.bigInt({ min: 0n, max: 1_000n }),
    pause: fc.integer({ min: 0, max: 200 }),
  }),
  { maxLength: 40 },
);

const open: Store[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

/** A contest in which one voter sets its stakes, `pause` seconds after each other, and a last block at `end`. */
async function contestOf(given: readonly Drop[], end: number) {
  const headers: Header[] = [headerOf(1, TIMES.entriesOpen)];
  const events: Placed[] = [placed(headers[0] as Header, 0, FACTORY, contestCreated())];
  for (let id = 1; id <= ENTRIES; id++) events.push(placed(headers[0] as Header, id, CONTEST, submitted(id)));
  const timed: Timed[] = [];
  let time: number = TIMES.votesOpen;
  for (const drop of given) {
    time += drop.pause;
    if (time >= TIMES.votesClose || time > end) break;
    if (headers.at(-1)?.timestamp !== time) headers.push(headerOf(headers.length + 1, time));
    const { entryId, weight } = drop;
    const event = { name: "StakeChanged", voter: address(100), entryId, stake: weight, weight } as const;
    events.push(
      placed(headers.at(-1) as Header, events.length, CONTEST, { ...event, entryWeight: weight, timestamp: time }),
    );
    timed.push({ ...drop, time });
  }
  headers.push(headerOf(headers.length + 1, end));
  const store = await createMemoryStore();
  open.push(store);
  await store.commit({ headers, events, finalized: 0, tokens: TOKENS });
  return { store, timed };
}

/** Each point on its own: all that happened by then, folded anew by the reference. */
function naiveScores(timed: readonly Timed[], timestamp: number): Record<string, string> {
  const window = windowOf(RULES);
  const scores: Record<string, string> = {};
  for (let id = 1; id <= ENTRIES; id++) {
    const tally = timed
      .filter(({ entryId, time }) => entryId === id && time <= timestamp)
      .reduce((before, { weight, time }) => reweighTally(before, weight, BigInt(time), window), EMPTY_TALLY);
    const score = projectedScore(tally, window);
    if (score > 0n) scores[id] = score.toString();
  }
  return scores;
}

describe("scores over time", () => {
  test("are at every point what folding all that happened by then gives", () => {
    return fc.assert(
      fc.asyncProperty(
        drops,
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: TIMES.votesOpen + 1, max: TIMES.votesClose + 500 }),
        async (given, buckets, end) => {
          const { store, timed } = await contestOf(given, end);
          const { points } = await store.read((rows) => historyView(rows, CONTEST, buckets));
          expect(points.at(-1)?.timestamp).toBe(Math.min(end, TIMES.votesClose));
          expect(points).toEqual(points.map(({ timestamp }) => ({ timestamp, scores: naiveScores(timed, timestamp) })));
        },
      ),
      { numRuns: 100 },
    );
  });
});

test("the block at a time is found without looking at the younger ones", async () => {
  const store = await createMemoryStore();
  open.push(store);
  for (const sql of blocks.indexDdl) await store.write(async () => [runSql(sql)]);
  const plan = await store.read(async (rows) => {
    let asked = "";
    const cell: typeof rows.cell = (sql, ...parameters) => {
      asked = sql;
      return rows.cell(sql, ...parameters);
    };
    await blockNumberAt({ ...rows, cell }, 100);
    return rows.list(`EXPLAIN QUERY PLAN ${asked}`, 100);
  });
  expect(plan.flat().join(" ")).toContain("USING COVERING INDEX blocks_timestamp");
});
