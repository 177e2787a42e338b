import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Tally } from "#protocol/tally.ts";
import { EMPTY_TALLY, projectedScore, reweighTally, weightOf } from "#protocol/tally.ts";
import type { ChainEvent } from "../../indexer/decode/events.ts";
import { project } from "../../indexer/project/project.ts";
import { entries, stakes } from "../../indexer/project/tables.ts";
import type { Header, Placed, Store } from "../../indexer/store/store.ts";
import { scoreOf, windowOf } from "../../indexer/views/figures.ts";
import {
  address,
  CONTEST,
  contestCreated,
  dump,
  FACTORY,
  headerOf,
  placed,
  RULES,
  submitted,
  TIMES,
  TOKENS,
} from "../unit/indexer/memoryStore.ts";

const ENTRIES = 3;
const VOTERS = 4;
const WINDOW = windowOf(RULES);

/** One voter sets the stake on one entry, some seconds after the last change; 0 seconds is the same block. */
const moves = fc.array(
  fc.record({
    voter: fc.integer({ min: 1, max: VOTERS }),
    entryId: fc.integer({ min: 1, max: ENTRIES }),
    stake: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 2n ** 90n })),
    counts: fc.boolean(),
    pause: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300 })),
  }),
  { maxLength: 60 },
);
type Moves = typeof moves extends fc.Arbitrary<infer T> ? T : never;

type History = {
  readonly headers: readonly Header[];
  readonly events: readonly Placed[];
  readonly tallies: readonly Tally[];
};

/** What a contest would emit for `given`, and the reference's tallies after it. */
function historyOf(given: Moves, mode: "open" | "personhood", branch = 0): History {
  const headers = [headerOf(1, TIMES.entriesOpen, branch)];
  const first = headers[0] as Header;
  const events = [placed(first, 0, FACTORY, contestCreated())];
  for (let id = 1; id <= ENTRIES; id++) events.push(placed(first, id, CONTEST, submitted(id)));

  const held = new Map<string, { stake: bigint; weight: bigint }>();
  const tallies: Tally[] = Array.from({ length: ENTRIES }, () => EMPTY_TALLY);
  let [time, logIndex] = [TIMES.votesOpen as number, 0];
  for (const { voter, entryId, stake, counts, pause } of given) {
    time += pause;
    if (pause > 0 || headers.length === 1) headers.push(headerOf(headers.length + 1, time, branch));
    const header = headers.at(-1) as Header;
    const key = `${voter}-${entryId}`;
    const weight = mode === "open" ? stake : counts ? weightOf(stake, mode) : 0n;
    const before = tallies[entryId - 1] as Tally;
    const entryWeight = before.weight - (held.get(key)?.weight ?? 0n) + weight;
    held.set(key, { stake, weight });
    tallies[entryId - 1] = reweighTally(before, entryWeight, BigInt(time), WINDOW);
    const event: ChainEvent = {
      name: "StakeChanged",
      voter: address(100 + voter),
      entryId,
      stake,
      weight,
      entryWeight,
      timestamp: header.timestamp,
    };
    events.push(placed(header, logIndex++, CONTEST, event));
  }
  return { headers, events, tallies };
}

/** Folds blocks above where the store stands, `size` blocks at a time. */
async function fold(
  store: Store,
  { headers, events }: History,
  { size = 1_000, upTo = Number.POSITIVE_INFINITY, finalized = 0 } = {},
) {
  for (;;) {
    const at = (await store.standing())?.block ?? 0;
    const next = headers.filter(({ number }) => number > at && number <= upTo).slice(0, size);
    const last = next.at(-1);
    if (last === undefined) return;
    const within = events.filter(({ at: { block } }) => block > at && block <= last.number);
    await store.commit({ headers: next, events: within, finalized: Math.min(finalized, last.number), tokens: TOKENS });
  }
}

type OpenStore = (fold?: typeof project) => Promise<Store>;

/** What every store must do, whatever database is behind it. `share` says how much of the usual number of tries. */
export function describeFold(name: string, open: OpenStore, share = 1): void {
  describe(name, () => {
    test("gives the reference's tallies over any history, however it is cut into ranges", () => {
      return fc.assert(
        fc.asyncProperty(
          moves,
          fc.constantFrom("open", "personhood"),
          fc.integer({ min: 1, max: 9 }),
          async (given, mode, size) => {
            const history = historyOf(given, mode);
            const store = await open();
            await fold(store, history, { size });
            const rows = await store.read((read) => read.select(entries, `TRUE ORDER BY "entryId"`));
            expect(rows.map(({ weight, acc, last }) => ({ weight, acc, last: BigInt(last), status: "live" }))).toEqual(
              history.tallies,
            );
            expect(rows.map((row) => scoreOf(row, WINDOW))).toEqual(
              history.tallies.map((tally) => projectedScore(tally, WINDOW)),
            );
            await store.close();
          },
        ),
        { numRuns: Math.ceil(60 * share) },
      );
    });

    test("scores an entry as the plain sum of its weight over every second of the window", () => {
      return fc.assert(
        fc.asyncProperty(moves, async (given) => {
          const { events, ...history } = historyOf(given, "open");
          const store = await open();
          await fold(store, { events, ...history });
          for (const row of await store.read((read) => read.select(entries, "TRUE"))) {
            let sum = 0n;
            for (let second = TIMES.countFrom; second < TIMES.votesClose; second++) {
              const last = events.findLast(
                ({ at, event }) =>
                  event.name === "StakeChanged" && event.entryId === row.entryId && at.timestamp <= second,
              )?.event;
              if (last?.name === "StakeChanged") sum += last.entryWeight;
            }
            expect(scoreOf(row, WINDOW)).toBe(sum);
          }
          await store.close();
        }),
        { numRuns: Math.ceil(25 * share) },
      );
    });

    test("counts coins, support and voters as the sum over the stakes", () => {
      return fc.assert(
        fc.asyncProperty(moves, async (given) => {
          const store = await open();
          await fold(store, historyOf(given, "personhood"));
          const held = await store.read((read) => read.select(stakes, "TRUE"));
          for (const row of await store.read((read) => read.select(entries, "TRUE"))) {
            const own = held.filter(({ entryId, stake }) => entryId === row.entryId && stake > 0n);
            const sum = (list: typeof own) => list.reduce((total, { stake }) => total + stake, 0n);
            expect(row.staked).toBe(sum(own));
            expect(row.support).toBe(sum(own.filter(({ weight }) => weight === 0n)));
            expect(row.voters).toBe(own.length);
          }
          const voters = new Set(held.filter(({ stake }) => stake > 0n).map(({ voter }) => voter));
          expect(await store.read((read) => read.cell(`SELECT "voters" FROM "contests"`))).toBe(voters.size);
          await store.close();
        }),
        { numRuns: Math.ceil(60 * share) },
      );
    });

    test("after any rollbacks and other branches it equals a fresh fold of the last branch", () => {
      return fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ given: moves, fork: fc.nat(), size: fc.integer({ min: 1, max: 7 }) }), {
            minLength: 2,
            maxLength: 5,
          }),
          async (branches) => {
            const store = await open();
            let shared: Moves = [];
            for (const [branch, { given, fork, size }] of branches.entries()) {
              const prefix = shared.slice(0, shared.length === 0 ? 0 : fork % (shared.length + 1));
              shared = [...prefix, ...given];
              // The last block that both branches know may go on otherwise: it is another block then.
              const kept = Math.max(1, historyOf(prefix, "open").headers.length - 1);
              if (((await store.standing())?.block ?? 0) > kept) await store.rollback(kept);
              await fold(store, historyOf(shared, "open", branch), { size });
            }
            const fresh = await open();
            await fold(fresh, historyOf(shared, "open", 0));
            expect(await dump(store)).toEqual(await dump(fresh));
            await store.close();
            await fresh.close();
          },
        ),
        { numRuns: Math.ceil(60 * share) },
      );
    });

    test("a crash between any two changes leaves the state of the last range, and going on ends the same", () => {
      return fc.assert(
        fc.asyncProperty(
          moves,
          fc.integer({ min: 1, max: 6 }),
          fc.array(fc.nat({ max: 40 }), { maxLength: 6 }),
          async (given, size, crashes) => {
            const history = historyOf(given, "open");
            const left = [...crashes];
            let folded = 0;
            const store = await open((...args) => {
              folded += 1;
              const crash = left[0];
              if (crash !== undefined && folded > crash) {
                left.shift();
                folded = 0;
                throw new Error("crash");
              }
              return project(...args);
            });
            for (;;) {
              const before = await dump(store);
              const block = (await store.standing())?.block;
              try {
                await fold(store, history, { size, upTo: (block ?? 0) + size });
                if ((await store.standing())?.block === block) break;
              } catch {
                expect(await dump(store)).toEqual(before);
                expect((await store.standing())?.block).toBe(block);
              }
            }
            const fresh = await open();
            await fold(fresh, history);
            expect(await dump(store)).toEqual(await dump(fresh));
            await store.close();
            await fresh.close();
          },
        ),
        { numRuns: Math.ceil(60 * share) },
      );
    });

    test("keeps no journal for blocks that are final, and refuses to go below them", async () => {
      const history = historyOf(
        Array.from({ length: 20 }, () => ({ voter: 1, entryId: 1, stake: 5n, counts: true, pause: 1 })),
        "open",
      );
      const store = await open();
      await fold(store, history, { finalized: 15 });
      expect(await store.read((read) => read.cell(`SELECT min("block") FROM "undo"`))).toBe(16);
      await expect(store.rollback(14)).rejects.toThrow(/below the finalized block 15/);
      await store.rollback(15);
      expect((await store.standing())?.block).toBe(15);
      await store.close();
    });
  });
}
