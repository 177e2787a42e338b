import type { Hex } from "viem";
import type { Header, Range } from "../store/store.ts";
import type { RangeRead } from "./readRange.ts";
import type { ChainHeader } from "./rpc.ts";

/** A range that was read: up to where, of which contests, and what is in it. */
export type Read = {
  readonly to: ChainHeader;
  /** The last block of the range after it. */
  readonly next: ChainHeader;
  readonly contests: readonly Hex[];
  readonly range: RangeRead;
};

/** The one range that is read while the one before it is folded in. */
export function createReadAhead() {
  let ahead: { readonly after: Header; readonly read: Promise<Read> } | undefined;
  return {
    isBegunAfter: (after: Pick<Header, "hash">): boolean => ahead?.after.hash === after.hash,
    /** What was begun after this block; undefined where nothing was, or where it is to be read more thoroughly. */
    take(after: Pick<Header, "hash">, thorough: boolean): Promise<Read> | undefined {
      const begun = ahead?.after.hash === after.hash && !thorough ? ahead.read : undefined;
      ahead = undefined;
      return begun;
    },
    /** Begins, and waits until the questions are out, before folding keeps the process busy. */
    async begin(after: Header, read: () => Promise<Read>): Promise<void> {
      ahead = { after, read: read() };
      // What fails is met when it is its turn.
      ahead.read.catch(() => {});
      await new Promise((resolve) => setTimeout(() => setImmediate(resolve), 1));
    },
  };
}

/** Contests that came into being in a range. */
export function createdIn({ events }: Pick<Range, "events">): Hex[] {
  return events.flatMap(({ event }) => (event.name === "ContestCreated" ? [event.contest] : []));
}
