import type { Hex } from "viem";
import type { Log } from "./log.ts";

const ADDRESS = /^0x[0-9a-f]{40}$/;
const WORD = /^0x[0-9a-f]{64}$/;
const DIGITS = /^0x[0-9a-f]*$/;
const QUANTITY = /^0x[0-9a-f]{1,13}$/;
const MOST_TOPICS = 4;

/**
 * Logs as nearly every endpoint writes them, in lower case, checked and taken over; undefined where one is not like that,
 * so that the schema says what is wrong or reads it all the same. Takes a tenth of the schema's time.
 */
export function plainLogs(answer: unknown): Log[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  const logs: Log[] = [];
  // Neighbours share their block and transaction, so these are looked at once.
  let shared: Shared | undefined;
  for (const one of answer as readonly Readonly<Record<string, unknown>>[]) {
    if (typeof one !== "object" || one === null) return undefined;
    const { address, topics, data, blockNumber, blockHash, transactionHash, logIndex, removed } = one;
    if (shared?.transaction !== transactionHash || shared?.blockHash !== blockHash || shared?.number !== blockNumber)
      shared = sharedOf(blockNumber, blockHash, transactionHash);
    const index = quantity(logIndex);
    if (shared === undefined || index === undefined || (removed !== undefined && typeof removed !== "boolean"))
      return undefined;
    if (!is(ADDRESS, address) || !is(DIGITS, data) || data.length % 2 !== 0 || !areWords(topics)) return undefined;
    const { block, transaction } = shared;
    logs.push({ address, topics, data, block, blockHash: shared.blockHash, transaction, logIndex: index });
  }
  return logs;
}

type Shared = { readonly number: unknown; readonly block: number; readonly blockHash: Hex; readonly transaction: Hex };

function sharedOf(number: unknown, blockHash: unknown, transaction: unknown): Shared | undefined {
  const block = quantity(number);
  if (block === undefined || !is(WORD, blockHash) || !is(WORD, transaction)) return undefined;
  return { number, block, blockHash, transaction };
}

function areWords(topics: unknown): topics is Hex[] {
  return Array.isArray(topics) && topics.length <= MOST_TOPICS && topics.every((topic) => is(WORD, topic));
}

function quantity(value: unknown): number | undefined {
  return typeof value === "string" && QUANTITY.test(value) ? Number(value) : undefined;
}

function is(pattern: RegExp, value: unknown): value is Hex {
  return typeof value === "string" && pattern.test(value);
}
