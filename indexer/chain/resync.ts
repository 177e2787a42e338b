import type { Logger } from "pino";
import type { Hex } from "viem";
import type { ChainEvent } from "../decode/events.ts";
import { contests } from "../project/tables.ts";
import type { Header, Placed, Store } from "../store/store.ts";
import type { TokenRow } from "../store/tables.ts";
import { begunAt } from "./begunAt.ts";
import { BranchChangedError, ChainUnreachableError, RequestRefusedError } from "./errors.ts";
import type { Notices } from "./notices.ts";
import { createRangeSize } from "./rangeSize.ts";
import { readRange } from "./readRange.ts";
import type { Rpc } from "./rpc.ts";

type ContestCreated = Extract<ChainEvent, { readonly name: "ContestCreated" }>;

/** Pause after the first time that a contract was read anew, and the longest one: each is twice the one before. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 600_000;

type ResyncOptions = {
  readonly rpc: Rpc;
  readonly store: Store;
  readonly factory: Hex;
  readonly nodeRegistry: Hex;
  readonly notices: Notices;
  readonly now: () => number;
  readonly onChange: () => void;
  readonly log: Pick<Logger, "error">;
};

type Stretch = {
  /** Read is what follows on it. */
  readonly from: Header;
  /** Where the database stands. */
  readonly at: Header;
  /** Whether blocks are held against their receipts also where they are final and no log of them came. */
  readonly everyBlock: boolean;
};

/**
 * Mends a hole in what was folded long ago: reads all that one contract ever emitted anew, blocks held against their
 * receipts, and puts its fold in the place of what is stored, in one transaction. What does not help is tried again
 * later and later.
 */
export function createResync(options: ResyncOptions) {
  const { rpc, store, factory, nodeRegistry, notices, now, onChange, log } = options;
  const tries = new Map<Hex, { readonly count: number; readonly next: number }>();

  /**
   * Of the factory's contests, those that are missing are read anew. Returns whether it was done: false while it is not
   * time for another try.
   */
  async function resync(emitter: Hex): Promise<boolean> {
    const { count, next } = tries.get(emitter) ?? { count: 0, next: 0 };
    if (now() < next) return false;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** count, LONGEST_PAUSE_MS);
    try {
      const standing = await store.standing();
      const at = standing && (await store.headerAt(standing.block));
      if (at === undefined) throw new Error("the database lost its position");
      const contest = emitter === nodeRegistry ? null : emitter;
      const stretch = { from: await before(contest), at, everyBlock: count > 0 };
      if (emitter === factory) await readMissing(stretch);
      else await readAnew(contest, stretch);
      return true;
    } finally {
      tries.set(emitter, { count: count + 1, next: now() + pause });
    }
  }

  /** The block before the first that a contract can have emitted something in. */
  async function before(contest: Hex | null): Promise<Header> {
    const known = contest === null ? undefined : await store.read((rows) => rows.get(contests, [contest]));
    return headerOf(known === undefined ? await begunAt(store) : known.createdBlock - 1);
  }

  async function headerOf(number: number): Promise<Header> {
    const header = await rpc.header(number);
    if (header === null) throw new ChainUnreachableError("The chain's endpoint does not know an old block.");
    return header;
  }

  async function readMissing(stretch: Stretch): Promise<void> {
    const known = new Set(await store.contests());
    tell(factory, stretch);
    const { events } = await readAll([], stretch, ({ event }) => isCreation(event) && !known.has(event.contest));
    for (const { at, event } of events)
      if (isCreation(event)) await readAnew(event.contest, { ...stretch, from: await headerOf(at.block - 1) });
  }

  async function readAnew(contest: Hex | null, stretch: Stretch): Promise<void> {
    const emitter = contest ?? nodeRegistry;
    tell(emitter, stretch);
    const isOurs = ({ at, event }: Placed) =>
      at.emitter === emitter || (isCreation(event) && event.contest === emitter);
    const found = await readAll(contest === null ? [] : [contest], stretch, isOurs);
    await store.refold({ contest, at: stretch.at, ...found });
    notices.resyncs += 1;
    onChange();
  }

  function tell(contract: Hex, { from, at }: Stretch): void {
    log.error({ contract, from: from.number + 1, to: at.number }, "read anew: what is stored has a hole");
  }

  async function readAll(known: readonly Hex[], { from, at, everyBlock }: Stretch, isOurs: (one: Placed) => boolean) {
    const size = createRangeSize();
    const [events, headers, tokens]: [Placed[], Header[], TokenRow[]] = [[], [], []];
    for (let after = from; after.number < at.number; ) {
      const [to] = await rpc.headers([Math.min(after.number + size.blocks(), at.number)]);
      if (to === undefined || (to.number === at.number && to.hash !== at.hash))
        throw new BranchChangedError(`Block ${at.number} is another one by now.`);
      try {
        const finalized = everyBlock ? from.number : ((await store.standing())?.finalized ?? 0);
        const range = await readRange({
          ...{ ...options, contests: known, hasToken: store.hasToken, after, to, finalized, thorough: true },
        });
        const ours = range.events.filter(isOurs);
        const numbers = new Set(ours.map((placed) => placed.at.block));
        events.push(...ours);
        headers.push(...range.headers.filter(({ number }) => numbers.has(number)));
        tokens.push(...range.tokens);
        size.answered(range.logs, to.number - after.number);
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

function isCreation(event: ChainEvent): event is ContestCreated {
  return event.name === "ContestCreated";
}
