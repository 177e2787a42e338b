import { BaseError } from "#protocol/errors.ts";
import type { ChainIdentity } from "../state/knownEntries.ts";
import { connect, readChainId } from "./connect.ts";

/** The endpoint speaks for another chain than the one that the node started with. */
export class OtherChainError extends BaseError {
  override readonly name = "OtherChainError";
}

/** Asks an endpoint which chain it is. Throws when it does not answer. */
export async function readIdentity(rpcUrl: string): Promise<ChainIdentity> {
  const chainId = await readChainId(rpcUrl);
  const { hash } = await connect(rpcUrl, chainId).getBlock({ blockNumber: 0n });
  return { chainId, genesis: hash };
}

/**
 * A check to be made before anything is read from a chain that was away when the node started: is it the one that the
 * node remembers? Once it was, nothing is asked any more.
 *
 * The check throws `OtherChainError`, after telling `onOther`, or what kept the endpoint from answering.
 */
export function expectChain(
  expected: ChainIdentity,
  read: () => Promise<ChainIdentity>,
  onOther: (error: OtherChainError) => void,
): () => Promise<void> {
  let same = false;
  return async () => {
    if (same) return;
    const found = await read();
    same = found.chainId === expected.chainId && found.genesis === expected.genesis;
    if (same) return;
    const error = new OtherChainError("The chain that answers now is another one than this node remembers.", {
      metaMessages: [
        `remembered: chain ${expected.chainId}, first block ${expected.genesis}`,
        `answering: chain ${found.chainId}, first block ${found.genesis}`,
        "Nothing was signed for it. Correct rpcUrl, or start the node again to have it serve this chain.",
      ],
    });
    onOther(error);
    throw error;
  };
}
