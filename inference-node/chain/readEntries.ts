import type { Address, Hex, PublicClient } from "viem";
import { contestAbi, contestFactoryAbi } from "#protocol/abi.ts";
import { BaseError } from "#protocol/errors.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import { blockRanges } from "./blockRanges.ts";
import type { ChainEntries } from "./nodeChain.ts";

/** A contest that the registry's factory did not make; nothing true can be said about it. */
export class ForeignContestError extends BaseError {
  override readonly name = "ForeignContestError";
}

/** `EntryStatus.Live` and `EntryStatus.Challenged`. Source: contracts/interfaces/IContest.sol. */
const servedStatus = new Set([1, 2]);

/**
 * Reads the live entries of a contest as of the newest finalised block.
 *
 * A chain without finality says so: then the head less `depth` blocks is taken, but never once finality was seen. Logs
 * already read are not read again. Throws `ForeignContestError` when the contest is none of the factory's, and whatever
 * kept the endpoint from answering.
 */
export function createEntryReader(options: {
  readonly client: PublicClient;
  readonly contest: Address;
  readonly factory: Address;
  readonly fromBlock: bigint;
  /** Blocks. */
  readonly depth: bigint;
  /** Whether retracted and removed entries are told, too: blocks of their files can be asked for still. */
  readonly withRemoved?: boolean;
}): () => Promise<ChainEntries> {
  const { client, factory } = options;
  const contest = options.contest.toLowerCase() as Address;
  const known = new Map<number, EntryFacts>();
  let next = options.fromBlock;
  let last: { readonly number: bigint; readonly hash: Hex } | null = null;
  let ours = false;
  let knowsFinality = false;

  const finalised = async () => {
    try {
      const block = await client.getBlock({ blockTag: "finalized" });
      knowsFinality = true;
      return block;
    } catch (error) {
      if (knowsFinality || !isWithoutFinality(error)) throw error;
      const head = await client.getBlockNumber({ cacheTime: 0 });
      return await client.getBlock({ blockNumber: head > options.depth ? head - options.depth : 0n });
    }
  };

  return async () => {
    const block = await finalised();
    if (last !== null && !(await sameChain(client, last))) {
      known.clear();
      next = options.fromBlock;
      ours = false;
    }
    ours ||= await client.readContract({
      address: factory,
      abi: contestFactoryAbi,
      functionName: "isContest",
      args: [contest],
      blockNumber: block.number,
    });
    if (!ours) {
      throw new ForeignContestError(`${contest} is no contest of the factory ${factory} at block ${block.number}.`);
    }
    for (const range of blockRanges(next, block.number)) {
      const logs = await client.getContractEvents({
        address: contest,
        abi: contestAbi,
        eventName: "EntrySubmitted",
        strict: true,
        ...range,
      });
      for (const { args } of logs) {
        const { entryId, manifestHash, modelSha256, modelRoot, modelSize, manifestURI } = args;
        const id = Number(entryId);
        known.set(id, { contest, entryId: id, manifestHash, modelSha256, modelRoot, modelSize, manifestURI });
      }
    }
    next = block.number + 1n;
    last = { number: block.number, hash: block.hash };
    const states = await Promise.all(
      [...known.values()].map(async (facts) => ({
        facts,
        live: options.withRemoved === true || servedStatus.has(await statusAt(facts.entryId, block.number)),
      })),
    );
    return { block: Number(block.number), entries: states.flatMap(({ facts, live }) => (live ? [facts] : [])) };
  };

  async function statusAt(entryId: number, blockNumber: bigint): Promise<number> {
    const entry = await client.readContract({
      address: contest,
      abi: contestAbi,
      functionName: "entry",
      args: [BigInt(entryId)],
      blockNumber,
    });
    return entry.status;
  }
}

/** "Invalid params" and "unknown block". Sources: EIP-1474; the execution API's errors of the Engine API. */
const noSuchTagCodes = new Set([-32602, -39001]);
const noSuchTagWords =
  /finali[sz]ed block (is )?not found|unknown block|(invalid|unknown|unsupported|unrecogni[sz]ed) block ?(tag|number|param)/i;

/** Whether an endpoint said that it knows no finalised block, and not that it cannot answer just now. */
function isWithoutFinality(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "BlockNotFoundError") return true;
  // The message of viem's errors quotes the request; only `details` is what the endpoint said.
  const { code, details } = error as { code?: unknown; details?: unknown };
  if (typeof code === "number" && noSuchTagCodes.has(code)) return true;
  if (typeof details === "string" && noSuchTagWords.test(details)) return true;
  return isWithoutFinality(error.cause);
}

/** Whether a block that was read still is in the chain: a local chain that started afresh is another one. */
async function sameChain(
  client: PublicClient,
  last: { readonly number: bigint; readonly hash: Hex },
): Promise<boolean> {
  const block = await client.getBlock({ blockNumber: last.number }).catch((error: unknown) => {
    if (error instanceof Error && error.name === "BlockNotFoundError") return null;
    throw error;
  });
  return block?.hash === last.hash;
}
