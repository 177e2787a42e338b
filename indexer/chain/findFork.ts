import type { Store } from "../store/store.ts";
import { DeepReorgError } from "./errors.ts";
import type { Rpc } from "./rpc.ts";

type ForkOptions = { readonly rpc: Rpc; readonly store: Store; readonly head: number };

/**
 * The newest block that the database and the chain have in common, at or below `head`. Throws `DeepReorgError` when it
 * lies below the finalized block.
 */
export async function findFork({ rpc, store, head }: ForkOptions): Promise<number> {
  const standing = await store.standing();
  if (standing === undefined) throw new Error("an empty database has no fork");
  for (let number = Math.min(standing.block, head); number >= standing.finalized; number--) {
    const [ours, theirs] = [await store.headerAt(number), await rpc.header(number)];
    if (theirs !== null && ours?.hash === theirs.hash) return number;
  }
  throw new DeepReorgError("The chain took back blocks that this indexer holds for final.", {
    metaMessages: [
      `Final here: block ${standing.finalized}, ${(await store.headerAt(standing.finalized))?.hash}`,
      "If the endpoint is right, delete the database and start again: everything is read anew from the chain.",
      "A larger --finality-depth guards against such chains.",
    ],
  });
}
