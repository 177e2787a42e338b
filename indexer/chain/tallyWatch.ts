import type { Hex } from "viem";
import type { EntryRow } from "../project/tables.ts";
import { contests, entries } from "../project/tables.ts";
import type { Header, Store } from "../store/store.ts";
import type { Mismatch } from "./auditTallies.ts";
import { auditTallies } from "./auditTallies.ts";
import type { Notices } from "./notices.ts";
import type { Rpc } from "./rpc.ts";

/** Times that the same stretch is read again before it is given up. */
const MOST_REPAIRS = 3;

type WatchOptions = {
  readonly rpc: Rpc;
  readonly store: Store;
  /** Blocks between two comparisons; 0 for none. */
  readonly auditBlocks: number;
  readonly notices: Notices;
};

/**
 * Compares the folded tallies of undecided contests with the contracts' own, at the head and every `auditBlocks` blocks.
 * What follows the last comparison that held must stay open to being taken back.
 */
export function createTallyWatch({ rpc, store, auditBlocks, notices }: WatchOptions) {
  /** The newest block at which every tally was the contract's; undefined before the first comparison. */
  let good: number | undefined;
  let canAsk = auditBlocks > 0;
  let alarm: string | null = null;
  let repairs = 0;

  /** Returns what differs; undefined where nothing does, or it is not time yet. */
  async function look(at: Header): Promise<Mismatch | undefined> {
    if (!canAsk || (alarm === null && good !== undefined && at.number - good < auditBlocks)) return undefined;
    for (const contest of await undecided(store)) {
      const mismatch = await auditTallies(rpc, await entriesOf(store, contest), at.number);
      if (mismatch === null) {
        canAsk = false;
        return undefined;
      }
      if (mismatch === undefined) continue;
      // What was asked for by number may be of another branch by now: then nothing is proven.
      if ((await rpc.header(at.number))?.hash !== at.hash) return undefined;
      notices.tallyMismatches += 1;
      repairs += 1;
      alarm = `The tallies of ${contest} at block ${at.number} are not the contract's; blocks are read again.`;
      return mismatch;
    }
    good = at.number;
    alarm = null;
    repairs = 0;
    return undefined;
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
