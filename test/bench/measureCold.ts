import { decodeEventLog } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { decodeStakeChanged } from "../../indexer/decode/stakeChanged.ts";
import type { RawLog } from "../support/scriptedChain.ts";
import { CONTEST, FACTORY, REGISTRY } from "../support/scriptedLogs.ts";
import { startBenchIndexer } from "./benchIndexer.ts";
import type { StaticChain } from "./startStaticChain.ts";

const EVENTS_A_BLOCK = 20;
/** As many logs a request as the indexer asks for. */
const BLOCKS_A_RANGE = 250;
const FIRST = 2;

const lastBlockOf = (events: number) => FIRST - 1 + events / EVENTS_A_BLOCK;

/** Milliseconds from an empty database (a file, or a Postgres' address) to `events` stakes, and the peak of memory. */
export async function measureCold(
  chain: StaticChain,
  { events, db }: { readonly events: number; readonly db: string },
) {
  const last = lastBlockOf(events);
  await chain.setHead(last);
  const indexer = await startBenchIndexer(chain.url, db);
  const began = performance.now();
  await indexer.reaches(last);
  const ms = performance.now() - began;
  const peakMb = indexer.peakMb();
  await indexer.stop();
  return { ms, peakMb };
}

/** Milliseconds to get and decode the same logs and keep nothing. */
export async function measureFloor(chain: StaticChain, events: number, decoder: "raw" | "viem"): Promise<number> {
  const last = lastBlockOf(events);
  await chain.setHead(last);
  const began = performance.now();
  for (let from = FIRST; from <= last; from += BLOCKS_A_RANGE) {
    const params = [
      {
        address: [FACTORY, REGISTRY, CONTEST],
        fromBlock: `0x${from.toString(16)}`,
        toBlock: `0x${Math.min(last, from + BLOCKS_A_RANGE - 1).toString(16)}`,
      },
    ];
    const response = await fetch(chain.url, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getLogs", params }),
    });
    const { result } = (await response.json()) as { readonly result: readonly RawLog[] };
    for (const log of result) {
      if (decoder === "viem")
        decodeEventLog({ abi: contestAbi, data: log.data, topics: log.topics as [`0x${string}`] });
      else decodeStakeChanged({ ...log, block: 0, transaction: log.transactionHash, logIndex: 0 });
    }
  }
  return performance.now() - began;
}
