import type { Address, PublicClient } from "viem";
import type { ChainEntries } from "./nodeChain.ts";
import { createEntryReader } from "./readEntries.ts";

/** A contest and which of its entries are meant: ids, or all live ones. */
export type HostedContest = { readonly contest: Address; readonly entries: "all" | readonly number[] };

/**
 * Reads the live entries that are meant, of one contest or of several of one factory.
 *
 * `block`: the lowest of those that were read at. Throws what `createEntryReader` throws; one contest that cannot be
 * read fails them all, so that nothing is taken for gone that was only not seen.
 */
export function createContestsReader(options: {
  readonly client: PublicClient;
  readonly contests: readonly HostedContest[];
  readonly factory: Address;
  readonly fromBlock: bigint;
  /** Blocks. */
  readonly depth: bigint;
}): () => Promise<ChainEntries> {
  const readers = options.contests.map(({ contest, entries: meant }) => {
    const read = createEntryReader({ ...options, contest });
    return async () => {
      const { block, entries } = await read();
      return { block, entries: entries.filter(({ entryId }) => meant === "all" || meant.includes(entryId)) };
    };
  });
  return async () => {
    const found = await Promise.all(readers.map((read) => read()));
    return {
      block: Math.min(...found.map(({ block }) => block)),
      entries: found.flatMap(({ entries }) => entries),
    };
  };
}
