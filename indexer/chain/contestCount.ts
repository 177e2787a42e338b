import type { Hex } from "viem";
import type { Store } from "../store/store.ts";
import { begunAt } from "./begunAt.ts";
import { RequestRefusedError } from "./errors.ts";
import type { Rpc } from "./rpc.ts";

/** What the factory's account counts before the first contest: itself, and the code that all contests share. */
const BEFORE_FIRST = 2;

type CountOptions = { readonly rpc: Pick<Rpc, "nonce">; readonly store: Store; readonly factory: Hex };

/**
 * How many contests the factory made of those that are to be known here. It keeps no list, but its account counts: every
 * contract that it makes raises its nonce by one, and nothing else does. Source: EIP-161, EIP-1014. Where the endpoint
 * does not keep the state of the block that reading began at, what was made since the first look counts.
 */
export function createContestCount({ rpc, store, factory }: CountOptions) {
  /** What the factory's account had counted when reading began. */
  let before: number | undefined;

  /** Null where the endpoint does not say. `known`: how many are known here. */
  return async (block: number, known: number): Promise<number | null> => {
    const now = await nonceAt(block);
    if (now === null || now < BEFORE_FIRST) return null;
    if (before === undefined) {
      const begun = await begunAt(store);
      const first = begun === 0 ? 0 : await nonceAt(begun);
      before = first === null ? now - known : Math.max(BEFORE_FIRST, first);
    }
    return now - before;
  };

  async function nonceAt(block: number): Promise<number | null> {
    try {
      return await rpc.nonce(factory, block);
    } catch (error) {
      // Many endpoints keep no state of older blocks.
      if (error instanceof RequestRefusedError) return null;
      throw error;
    }
  }
}
