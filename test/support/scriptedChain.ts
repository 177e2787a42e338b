import type { Hex } from "viem";
import { decodeFunctionData, encodeFunctionResult } from "viem";
import { contestAbi, contestFactoryAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import type { Tally } from "#protocol/tally.ts";
import { EMPTY_TALLY, reweighTally } from "#protocol/tally.ts";
import { bloomOf } from "./bloomOf.ts";
import { RpcFault } from "./rpcServer.ts";
import {
  CHAIN_ID,
  COIN,
  created,
  FACTORY,
  hashOf,
  hex,
  mustHave,
  REGISTRY,
  RULES,
  START,
  stakeChanged,
  submitted,
  voterOf,
} from "./scriptedLogs.ts";

/** Somebody sets the stake on an entry. Voters and entries by number, from 1. */
export type Move = { readonly voter: number; readonly entryId: number; readonly stake: bigint };

type Stakes = ReadonlyMap<string, bigint>;
type Block = {
  readonly header: {
    readonly number: Hex;
    readonly hash: Hex;
    readonly parentHash: Hex;
    readonly timestamp: Hex;
    readonly logsBloom: Hex;
  };
  readonly logs: readonly RawLog[];
  /** After the block. */
  readonly stakes: Stakes;
  readonly tallies: readonly Tally[];
};
export type RawLog = {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly transactionHash: Hex;
  readonly logIndex: Hex;
};

const WINDOW = { countFrom: BigInt(RULES.countFrom), votesClose: BigInt(RULES.votesClose) };

/**
 * A chain in memory that says what a contest would say, block by block as a script tells it, and forgets blocks when the
 * script wants another branch. Answers what an indexer asks of an endpoint; tallies are the reference's. Blocks that are
 * `finality` deep carry the `finalized` tag; `finality` undefined: the chain has no such tag.
 */
export function createScriptedChain({
  entries,
  finality,
}: {
  readonly entries: number;
  readonly finality: number | undefined;
}) {
  const blocks: Block[] = [];
  const ever = new Map<Hex, Block>();
  let branch = 0;

  function add(
    timestamp: number,
    unplaced: readonly Pick<RawLog, "address" | "topics" | "data">[],
    after: Pick<Block, "stakes" | "tallies">,
  ) {
    const number = blocks.length;
    const hash = hashOf(number, branch, timestamp);
    const logs = unplaced.map((log, index) => ({
      ...log,
      blockNumber: hex(number),
      blockHash: hash,
      transactionHash: hashOf(number, branch, index + 1),
      logIndex: hex(index),
    }));
    const parentHash = blocks.at(-1)?.header.hash ?? `0x${"0".repeat(64)}`;
    const header = {
      number: hex(number),
      hash,
      parentHash,
      timestamp: hex(timestamp),
      logsBloom: bloomOf(logs),
    } as const;
    const block = { header, logs, ...after };
    blocks.push(block);
    ever.set(hash, block);
  }

  add(START - 1, [], { stakes: new Map(), tallies: [] });
  add(START, [created(), ...Array.from({ length: entries }, (_, index) => submitted(index + 1))], {
    stakes: new Map(),
    tallies: Array.from({ length: entries }, () => EMPTY_TALLY),
  });

  /** Makes a block `seconds` after the last one, in which everybody named sets a stake, in this order. */
  function mine(moves: readonly Move[], seconds = 1): void {
    const last = mustHave(blocks.at(-1));
    const timestamp = Math.max(RULES.votesOpen, Number(last.header.timestamp) + seconds);
    const stakes = new Map(last.stakes);
    const tallies = [...last.tallies];
    const logs = moves.flatMap(({ voter, entryId, stake }) => {
      const key = `${voter} ${entryId}`;
      const before = stakes.get(key) ?? 0n;
      if (before === stake) return [];
      const tally = mustHave(tallies[entryId - 1]);
      const entryWeight = tally.weight - before + stake;
      stakes.set(key, stake);
      tallies[entryId - 1] = reweighTally(tally, entryWeight, BigInt(timestamp), WINDOW);
      return [stakeChanged({ voter: voterOf(voter), entryId, stake, entryWeight, timestamp })];
    });
    add(timestamp, logs, { stakes, tallies });
  }

  function request({
    method,
    params = [],
  }: {
    readonly method: string;
    readonly params?: readonly unknown[];
  }): unknown {
    switch (method) {
      case "eth_chainId":
        return hex(CHAIN_ID);
      case "eth_blockNumber":
        return hex(blocks.length - 1);
      case "eth_getBlockByNumber":
        return blockAt(String(params[0]))?.header ?? null;
      case "eth_getLogs":
        return logsFor(params[0] as Filter);
      case "eth_getBlockReceipts": {
        const block = blocks.find(({ header }) => header.hash === params[0]);
        return block === undefined ? null : [{ logs: block.logs }];
      }
      case "eth_getTransactionCount":
        return hex(nonceOf(params[0] as Hex, Number(params[1])));
      case "eth_getCode":
        return "0x01";
      case "eth_call":
        return call(params[0] as { readonly to: Hex; readonly data: Hex }, String(params[1]));
      default:
        throw new RpcFault(-32601, `the method ${method} does not exist`);
    }
  }

  function blockAt(tag: string): Block | undefined {
    if (tag === "latest") return blocks.at(-1);
    if (tag !== "finalized") return blocks[Number(tag)];
    if (finality === undefined) throw new RpcFault(-32602, "unknown tag");
    return blocks[Math.max(0, blocks.length - 1 - finality)];
  }

  /** A factory's account counts itself, the code of all contests, and each contest. */
  function nonceOf(address: Hex, number: number): number {
    const own = blocks.slice(0, number + 1).flatMap(({ logs }) => logs.filter((log) => log.address === address));
    return number === 0 ? 0 : 2 + own.length;
  }

  function logsFor({ address, blockHash, fromBlock, toBlock }: Filter): readonly RawLog[] {
    const wanted = new Set([address].flat());
    const some =
      blockHash === undefined
        ? blocks.slice(Number(fromBlock), Number(toBlock) + 1)
        : blocks.filter(({ header }) => header.hash === blockHash);
    if (blockHash !== undefined && some.length === 0) throw new RpcFault(-32000, "unknown block");
    return some.flatMap(({ logs }) => logs.filter((log) => wanted.has(log.address)));
  }

  function call({ to, data }: { readonly to: Hex; readonly data: Hex }, tag: string): Hex {
    if (to === COIN) throw new RpcFault(3, "execution reverted");
    if (to === FACTORY)
      return encodeFunctionResult({ abi: contestFactoryAbi, functionName: "isContest", result: false });
    if (to === REGISTRY) {
      const { functionName } = decodeFunctionData({ abi: nodeRegistryAbi, data });
      if (functionName === "factory")
        return encodeFunctionResult({ abi: nodeRegistryAbi, functionName, result: FACTORY });
      return encodeFunctionResult({ abi: nodeRegistryAbi, functionName: "minStake", result: 200n });
    }
    const { functionName, args } = decodeFunctionData({ abi: contestAbi, data });
    const block = blockAt(tag);
    if (functionName !== "scores" || block === undefined) throw new RpcFault(3, "execution reverted");
    const from = Number(args[0]) - 1;
    const page = block.tallies.slice(from, from + Number(args[1]));
    const tallies = page.map(({ weight, acc, last }) => ({ weight, acc, last: Number(last), status: 1 }));
    return encodeFunctionResult({ abi: contestAbi, functionName, result: [tallies, page.map(() => 0n)] });
  }

  return {
    mine,
    /** Makes a block in which somebody says this, whoever that is. */
    say(logs: readonly Pick<RawLog, "address" | "topics" | "data">[]): void {
      const { header, stakes, tallies } = mustHave(blocks.at(-1));
      add(Number(header.timestamp) + 1, logs, { stakes, tallies });
    },
    /** Forgets the newest `depth` blocks; what is mined next is another branch. */
    forget(depth: number): void {
      branch += 1;
      blocks.splice(Math.max(2, blocks.length - depth));
    },
    head: () => blocks.length - 1,
    headHash: () => mustHave(blocks.at(-1)).header.hash,
    tallies: () => mustHave(blocks.at(-1)).tallies,
    /** The reference's tallies after a block that was there once, on whatever branch. */
    talliesAfter: (hash: Hex) => mustHave(ever.get(hash)).tallies,
    stakes: (): Stakes => mustHave(blocks.at(-1)).stakes,
    /** Everything ever said on the branch that stands, with the time of each block. */
    said: () => ({
      logs: blocks.flatMap(({ logs }) => logs),
      times: new Map(blocks.map(({ header }) => [Number(header.number), Number(header.timestamp)])),
    }),
    request: async (asked: { readonly method: string; readonly params?: readonly unknown[] }) => request(asked),
  };
}

export type ScriptedChain = ReturnType<typeof createScriptedChain>;

type Filter = {
  readonly address: Hex | readonly Hex[];
  readonly blockHash?: Hex;
  readonly fromBlock?: Hex;
  readonly toBlock?: Hex;
};
