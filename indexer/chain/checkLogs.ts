import type { Hex } from "viem";
import { ourTopics } from "../decode/decodeLog.ts";
import type { Bloom } from "./bloom.ts";
import { mayHoldLog, readBloom } from "./bloom.ts";
import { ChainUnreachableError } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Notices } from "./notices.ts";
import type { ChainHeader, Rpc } from "./rpc.ts";

type CheckOptions = {
  readonly rpc: Rpc;
  readonly headers: readonly ChainHeader[];
  readonly logs: readonly Log[];
  readonly addresses: readonly Hex[];
  readonly notices: Notices;
  /** Compares blocks that may hold our logs with their receipts, also where the answer looks whole. */
  readonly thorough: boolean;
};

/**
 * Holds logs against what their blocks say of themselves: doubled ones go, ones that the block cannot hold are refused,
 * and ones that are missing are fetched from the block's receipts. Returns the logs in order, each once.
 */
export async function checkLogs({ rpc, headers, logs, addresses, notices, thorough }: CheckOptions): Promise<Log[]> {
  const given = isOrdered(logs) ? logs : orderedOnce(logs, notices);
  const byBlock = Map.groupBy(given, ({ block }) => block);
  const missed: Log[] = [];
  for (const { number, hash, logsBloom } of headers) {
    const bloom = readBloom(logsBloom);
    if (bloom === undefined) continue;
    const own = byBlock.get(number) ?? [];
    const invented = own.find((log) => log.blockHash === hash && !mayHoldLog(bloom, log));
    if (invented !== undefined) {
      notices.inventedLogs += 1;
      throw new ChainUnreachableError(`The chain's endpoint gave a log that block ${number} does not hold.`, {
        metaMessages: [`Block: ${hash}`, `Contract: ${invented.address}`, `Log index: ${invented.logIndex}`],
      });
    }
    if (thorough ? !mayHoldOurs(bloom, addresses) : !looksShort(bloom, addresses, own)) continue;
    const known = new Set(own.map(({ logIndex }) => logIndex));
    missed.push(...(await logsOf(rpc, hash, addresses)).filter(({ logIndex }) => !known.has(logIndex)));
  }
  notices.missingLogs += missed.length;
  return missed.length === 0 ? [...given] : [...given, ...missed].sort(byPlace);
}

const byPlace = (a: Log, b: Log) => a.block - b.block || a.logIndex - b.logIndex;

/** Whether logs come in the order of blocks and indexes, each once. */
function isOrdered(logs: readonly Log[]): boolean {
  return logs.every((log, i) => i === 0 || byPlace(logs[i - 1] ?? log, log) < 0);
}

function orderedOnce(logs: readonly Log[], notices: Notices): Log[] {
  const found = new Map(logs.map((log) => [`${log.block} ${log.logIndex}`, log]));
  notices.doubledLogs += logs.length - found.size;
  return [...found.values()].sort(byPlace);
}

function mayHoldOurs(bloom: Bloom, addresses: readonly Hex[]): boolean {
  return addresses.some(bloom.mayHold) && ourTopics.some(bloom.mayHold);
}

/** Whether the block names one of our contracts of which no log came. */
function looksShort(bloom: Bloom, addresses: readonly Hex[], own: readonly Log[]): boolean {
  const heard = new Set(own.map(({ address }) => address));
  return mayHoldOurs(
    bloom,
    addresses.filter((address) => !heard.has(address)),
  );
}

/** Our logs of one block from its receipts, or where the endpoint has none to give, asked for once more. */
async function logsOf(rpc: Rpc, blockHash: Hex, addresses: readonly Hex[]): Promise<Log[]> {
  const all = await rpc.receiptLogs(blockHash);
  if (all === null) return rpc.logs({ addresses, blockHash });
  const ours = new Set(addresses);
  return all.filter(({ address }) => ours.has(address));
}
