import type { Logger } from "pino";
import type { Hex } from "viem";
import { contests } from "../project/tables.ts";
import type { Header, Placed, Store } from "../store/store.ts";
import type { TokenRow } from "../store/tables.ts";
import { BranchChangedError, ChainUnreachableError, RequestRefusedError } from "./errors.ts";
import type { Notices } from "./notices.ts";
import { createRangeSize } from "./rangeSize.ts";
import { readRange } from "./readRange.ts";
import type { Rpc } from "./rpc.ts";

/** Pause after the first time that a contract was read anew, and the longest one: each is twice the one before. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 600_000;

type ResyncOptions = {
  readonly rpc: Rpc;
  readonly store: Store;
  readonly factory: Hex;
  readonly nodeRegistry: Hex;
  readonly fromBlock: number;
  readonly notices: Notices;
  readonly now: () => number;
  readonly onChange: () => void;
  readonly log: Pick<Logger, "error">;
};

/**
 * Mends a hole in what was folded long ago: reads all that one contract ever emitted anew, every block held against its
 * receipts, and puts its fold in the place of what is stored, in one transaction. What does not help is tried again
 * later and later.
 */
export function createResync(options: ResyncOptions) {
  const { rpc, store, nodeRegistry, fromBlock, notices, now, onChange, log } = options;
  const tries = new Map<Hex, { readonly count: number; readonly next: number }>();

  /** Returns whether it was done: false while it is not time for another try. */
  async function resync(emitter: Hex): Promise<boolean> {
    const { count, next } = tries.get(emitter) ?? { count: 0, next: 0 };
    if (now() < next) return false;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** count, LONGEST_PAUSE_MS);
    try {
      const contest = emitter === nodeRegistry ? null : emitter;
      const standing = await store.standing();
      const at = standing && (await store.headerAt(standing.block));
      if (at === undefined) throw new Error("the database lost its position");
      const from = await begin(contest);
      log.error({ contract: emitter, from: from.number + 1, to: at.number }, "read anew: what is stored has a hole");
      await store.refold({ contest, at, ...(await readAll(contest, from, at)) });
      notices.resyncs += 1;
      onChange();
      return true;
    } finally {
      tries.set(emitter, { count: count + 1, next: now() + pause });
    }
  }

  async function begin(contest: Hex | null): Promise<Header> {
    const known = contest === null ? undefined : await store.read((rows) => rows.get(contests, [contest]));
    const header = await rpc.header(Math.max(0, (known?.createdBlock ?? fromBlock) - 1));
    if (header === null) throw new ChainUnreachableError("The chain's endpoint does not know an old block.");
    return header;
  }

  async function readAll(contest: Hex | null, from: Header, at: Header) {
    const size = createRangeSize();
    const [events, headers, tokens]: [Placed[], Header[], TokenRow[]] = [[], [], []];
    for (let after = from; after.number < at.number; ) {
      const [to] = await rpc.headers([Math.min(after.number + size.blocks(), at.number)]);
      if (to === undefined || (to.number === at.number && to.hash !== at.hash))
        throw new BranchChangedError(`Block ${at.number} is another one by now.`);
      try {
        const known = contest === null ? [] : [contest];
        const finalized = (await store.standing())?.finalized ?? 0;
        const range = await readRange({
          ...{ ...options, contests: known, hasToken: store.hasToken, after, to, finalized, thorough: true },
        });
        const ours = range.events.filter((placed) => belongs(placed, contest ?? nodeRegistry));
        const numbers = new Set(ours.map((placed) => placed.at.block));
        events.push(...ours);
        headers.push(...range.headers.filter(({ number }) => numbers.has(number)));
        tokens.push(...range.tokens);
        size.answered(range.logs);
        after = to;
      } catch (error) {
        const tooMuch = error instanceof RequestRefusedError || error instanceof ChainUnreachableError;
        if (!tooMuch || !size.refused()) throw error;
      }
    }
    return { events, headers, tokens: [...new Map(tokens.map((row) => [row.address, row])).values()] };
  }

  return {
    resync,
    /** Called when everything was found to be right. */
    mended: () => tries.clear(),
  };
}

function belongs({ at, event }: Placed, emitter: Hex): boolean {
  return at.emitter === emitter || (event.name === "ContestCreated" && event.contest === emitter);
}
