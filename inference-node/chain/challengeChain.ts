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
  /** Of the entry's file, as the contest has it. */
  readonly modelRoot: Hex;
  /** Bytes. */
  readonly modelSize: number;
  /** Seconds since 1970 before which the block must be there. */
  readonly answerBy: number;
};

/** The registry, as far as block challenges go. */
export type ChallengeChain = {
  /** All that are open now against this node, whatever it serves and remembers. */
  readonly open: () => Promise<readonly OpenChallenge[]>;
  /** Brings a block and waits until the transaction is mined. */
  readonly answer: (challengeId: bigint, proof: BlockProof) => Promise<Hex>;
};

/** Challenges asked for at once. */
const atOnce = 100n;

/** The registry says how many are open against a node; those are looked for among the newest first. */
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
  let known: ReadonlySet<bigint> = new Set();
  return {
    async open() {
      const { openChallenges } = await client.readContract({ ...registry, functionName: "nodeOf", args: [node] });
      const found = openChallenges === 0 ? [] : await read([...known]);
      let next = openChallenges <= found.length ? 0n : await newest();
      while (found.length < openChallenges && next > 0n) {
        const ids = Array.from({ length: Number(next < atOnce ? next : atOnce) }, (_, back) => next - BigInt(back));
        found.push(...(await read(ids.filter((id) => !known.has(id)))));
        next -= BigInt(ids.length);
      }
      known = new Set(found.map(({ challengeId }) => challengeId));
      return found;
    },

    answer: (challengeId, proof) => options.inTurn(() => bring(challengeId, proof)),
  };

  function newest(): Promise<bigint> {
    return client.readContract({ ...registry, functionName: "challengeCount" });
  }

  /** Those of these that are open against this node. A closed one is all zero. */
  async function read(ids: readonly bigint[]): Promise<OpenChallenge[]> {
    const kept = await Promise.all(
      ids.map(async (challengeId) => ({
        challengeId,
        ...(await client.readContract({ ...registry, functionName: "challengeOf", args: [challengeId] })),
      })),
    );
    return kept
      .filter((one) => one.node.toLowerCase() === node.toLowerCase())
      .map(({ challengeId, contest, entryId, index, modelRoot, modelSize, answerBy }) => ({
        challengeId,
        contest: contest.toLowerCase() as Address,
        entryId,
        index,
        modelRoot,
        modelSize,
        answerBy,
      }));
  }

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
