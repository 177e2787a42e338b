import type { Account, Address, Chain, Hex, PublicClient, Transport, WalletClient } from "viem";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import type { BlockProof } from "#protocol/blockProof.ts";
import { BaseError } from "#protocol/errors.ts";
import type { InTurn } from "./inTurn.ts";

/** A block that the registry asks this node for. */
export type OpenChallenge = {
  readonly challengeId: bigint;
  readonly contest: Address;
  readonly entryId: number;
  /** Which block of 16 KiB, from 0. */
  readonly index: number;
  readonly modelRoot: Hex;
  /** Seconds since 1970 before which the block must be there. */
  readonly answerBy: number;
};

/** The registry, as far as block challenges go. */
export type ChallengeChain = {
  /** Those that are open now against this node for one of these entries. */
  readonly open: (
    entries: readonly { readonly contest: Address; readonly entryId: number }[],
  ) => Promise<readonly OpenChallenge[]>;
  /** Brings a block and waits until the transaction is mined. */
  readonly answer: (challengeId: bigint, proof: BlockProof) => Promise<Hex>;
};

export function createChallengeChain(options: {
  readonly client: PublicClient;
  /** Pays for the answers; anybody may carry them. */
  readonly carrier: WalletClient<Transport, Chain, Account>;
  readonly inTurn: InTurn;
  readonly node: Address;
  readonly registry: Address;
}): ChallengeChain {
  const { client, carrier, node } = options;
  const registry = { address: options.registry, abi: nodeRegistryAbi } as const;
  return {
    async open(entries) {
      const ids = await Promise.all(
        entries.map(({ contest, entryId }) =>
          client.readContract({
            ...registry,
            functionName: "openChallengeOf",
            args: [node, contest, BigInt(entryId)],
          }),
        ),
      );
      const found = await Promise.all(
        ids
          .filter((id) => id !== 0n)
          .map(async (challengeId) => ({
            challengeId,
            ...(await client.readContract({ ...registry, functionName: "challengeOf", args: [challengeId] })),
          })),
      );
      // One that was closed between the two calls is all zero.
      return found
        .filter(({ answerBy }) => answerBy !== 0)
        .map(({ challengeId, contest, entryId, index, modelRoot, answerBy }) => ({
          challengeId,
          contest: contest.toLowerCase() as Address,
          entryId,
          index,
          modelRoot,
          answerBy,
        }));
    },

    answer: (challengeId, proof) => options.inTurn(() => bring(challengeId, proof)),
  };

  async function bring(challengeId: bigint, { data, path }: BlockProof): Promise<Hex> {
    const { request } = await client.simulateContract({
      ...registry,
      account: carrier.account,
      functionName: "answerBlock",
      args: [challengeId, data, path],
    });
    const hash = await carrier.writeContract(request);
    const { status } = await client.waitForTransactionReceipt({ hash, timeout: 120_000 });
    if (status !== "success") throw new BaseError(`The transaction ${hash} that brought the block failed.`);
    return hash;
  }
}
