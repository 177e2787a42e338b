import type { Hex } from "viem";
import type { EntryRow } from "../project/tables.ts";
import { contests, entries } from "../project/tables.ts";
import type { Header, Store } from "../store/store.ts";
import { auditTallies } from "./auditTallies.ts";
import { createContestCount } from "./contestCount.ts";
import type { Notices } from "./notices.ts";
import type { Rpc } from "./rpc.ts";

/** Times that the same stretch is read again before it is given up. */
const MOST_REPAIRS = 3;

/** Something that the fold and the contracts do not agree on. */
type Mismatch = {
  /** The contest; the factory where contests are missing. */
  readonly emitter: Hex;
  readonly facts: readonly string[];
  readonly alarm: string;
};

type WatchOptions = {
  readonly rpc: Rpc;
  readonly factory: Hex;
  readonly store: Store;
  /** Blocks between two comparisons; 0 for none. */
  readonly auditBlocks: number;
  readonly notices: Notices;
};

/**
 * Compares the folded tallies of undecided contests with the contracts' own, and the number of contests with what the
 * factory made, at the head and every `auditBlocks` blocks. What follows the last comparison that held must stay open to
 * being taken back.
 */
export function createTallyWatch({ rpc, store, factory, auditBlocks, notices }: WatchOptions) {
  const contestsMade = createContestCount({ rpc, store, factory });
  /** The newest block at which everything was as the contracts say; undefined before the first comparison. */
  let good: number | undefined;
  let canAsk = auditBlocks > 0;
  let alarm: string | null = null;
  let repairs = 0;

  /** Returns what differs; undefined where nothing does, or it is not time yet. */
  async function look(at: Header): Promise<Mismatch | undefined> {
    if (!canAsk || (alarm === null && good !== undefined && at.number - good < auditBlocks)) return undefined;
    const mismatch = (await differingTally(at)) ?? (canAsk ? await differingCount(at) : undefined);
    if (!canAsk) return undefined;
    if (mismatch !== undefined) {
      // What was asked for by number may be of another branch by now: then nothing is proven.
      if ((await rpc.header(at.number))?.hash !== at.hash) return undefined;
      if (mismatch.emitter === factory) notices.countMismatches += 1;
      else notices.tallyMismatches += 1;
      repairs += 1;
      alarm = mismatch.alarm;
      return mismatch;
    }
    good = at.number;
    alarm = null;
    repairs = 0;
    return undefined;
  }

  async function differingTally(at: Header): Promise<Mismatch | undefined> {
    for (const contest of await undecided(store)) {
      const found = await auditTallies(rpc, await entriesOf(store, contest), at.number);
      if (found === null) {
        canAsk = false;
        return undefined;
      }
      if (found === undefined) continue;
      const problem = `The tallies of ${contest} at block ${at.number} are not the contract's; blocks are read again.`;
      return { emitter: contest, facts: found.facts, alarm: problem };
    }
    return undefined;
  }

  /** A contest whose creation was left out is not followed: nothing else would tell of it. */
  async function differingCount(at: Header): Promise<Mismatch | undefined> {
    const known = (await store.contests()).length;
    const made = await contestsMade(at.number, known);
    if (made === null || made === known) return undefined;
    return {
      emitter: factory,
      facts: [`contests: ${known} here, ${made} there`],
      alarm: `The factory made ${made} contests up to block ${at.number}, and ${known} are known; blocks are read again.`,
    };
  }

  return {
    look,
    alarm: () => alarm,
    hasCompared: () => canAsk && good !== undefined,
    isHopeless: () => repairs > MOST_REPAIRS,
    /** The newest block that may be held for final, of those up to `settled`. */
    hold: (settled: number) => (canAsk ? Math.min(settled, good ?? Number.NEGATIVE_INFINITY) : settled),
    rolledBack(to: number): void {
      if (good !== undefined) good = Math.min(good, to);
    },
  };
}

function undecided(store: Store): Promise<Hex[]> {
  return store.read(async (rows) =>
    (await rows.select(contests, `"finalBlock" IS NULL`)).map(({ contest }) => contest),
  );
}

function entriesOf(store: Store, contest: Hex): Promise<EntryRow[]> {
  return store.read((rows) => rows.select(entries, `"contest" = ? ORDER BY "entryId"`, contest));
}
