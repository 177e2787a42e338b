/**
 * An endpoint that replays one contest from a file, so that whoever reads it is what is measured: `staticChain.ts <events>
 * <file>`. Prints its address. Blocks hold 20 stakes each, as one `dropMany` makes them. Over its channel: `{head}` sets the
 * newest block, `{rate, blocks}` mines on, and it answers with the moments (nanoseconds, the system's monotonic clock).
 */

import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bloomOf } from "../support/bloomOf.ts";
import { createScriptedChain } from "../support/scriptedChain.ts";
import { CONTEST, hex, RULES, stakeChanged, voterOf } from "../support/scriptedLogs.ts";

const EVENTS_A_BLOCK = 20;
const ENTRIES = 1_000;
const VOTERS = 100_000;
/** Blocks that hold no stake: the first, and the one that creates the contest. */
const FIRST = 2;
const FINALITY = 64;
const BLOOM_BYTES = 256;

type Call = { readonly id: number; readonly method: string; readonly params?: readonly unknown[] };
type Filter = { readonly fromBlock?: string; readonly toBlock?: string; readonly blockHash?: string };
type Order = { readonly head: number } | { readonly rate: number; readonly blocks: number };

const [events, file] = [Number(process.argv[2]), process.argv[3]];
if (file === undefined) throw new Error("name the file that holds the logs");
const start = createScriptedChain({ entries: ENTRIES, finality: FINALITY });
const blocks = FIRST + Math.floor(events / EVENTS_A_BLOCK);
/** Where the logs of each block begin in the file; its end is the next one's beginning. */
const offsets = new Float64Array(blocks + 1);
/** What each block says of its logs. */
const blooms = Buffer.alloc(blocks * BLOOM_BYTES);
const descriptor = openSync(file, "w+");
writeLogs();
let head = FIRST - 1;

function hashAt(number: number): string {
  return `0xb${(number + 1).toString(16).padStart(63, "0")}`;
}

function numberOf(hash: string): number {
  return Number.parseInt(hash.slice(3), 16) - 1;
}

/** Of the one transaction in a block. */
function transactionAt(number: number): string {
  return hashAt(number + 1_000_000_000);
}

function timeAt(number: number): number {
  return RULES.votesOpen + number;
}

function writeLogs(): void {
  const weights = new Array<bigint>(ENTRIES).fill(0n);
  const held = new Map<number, bigint>();
  let at = 0;
  let text = "";
  const flush = () => {
    writeSync(descriptor, text);
    text = "";
  };
  for (let number = 0; number < blocks; number++) {
    offsets[number] = at;
    const logs = number < FIRST ? opening(number) : stakesAt(number, weights, held);
    blooms.write(bloomOf(logs).slice(2), number * BLOOM_BYTES, "hex");
    const piece = logs.map((log) => JSON.stringify(log)).join(",");
    const separated = piece === "" ? "" : `${piece},`;
    text += separated;
    at += separated.length;
    if (text.length > 1 << 20) flush();
  }
  flush();
  offsets[blocks] = at;
}

function opening(number: number) {
  return start
    .said()
    .logs.filter((log) => Number(log.blockNumber) === number)
    .map((log) => ({ ...log, blockHash: hashAt(number) }));
}

function stakesAt(number: number, weights: bigint[], held: Map<number, bigint>) {
  const round = number - FIRST;
  const voter = (round * 7_919) % VOTERS;
  return Array.from({ length: EVENTS_A_BLOCK }, (_, index) => {
    const entry = (round * 31 + index * 47) % ENTRIES;
    const place = voter * ENTRIES + entry;
    const before = held.get(place) ?? 0n;
    const stake = before + BigInt(1 + ((round + index) % 9)) * 10n ** 17n;
    held.set(place, stake);
    weights[entry] = (weights[entry] ?? 0n) - before + stake;
    const entryWeight = weights[entry] ?? 0n;
    return {
      ...stakeChanged({ voter: voterOf(voter), entryId: entry + 1, stake, entryWeight, timestamp: timeAt(number) }),
      blockNumber: hex(number),
      blockHash: hashAt(number),
      transactionHash: transactionAt(number),
      logIndex: hex(index),
      transactionIndex: "0x0",
      removed: false,
    };
  });
}

/** Ponder wants the transactions with a block, and compares them with the logs. */
function headerAt(tag: string, withTransactions: boolean): unknown {
  const number = tag === "latest" ? head : tag === "finalized" ? Math.max(0, head - FINALITY) : Number(tag);
  if (number > head) return null;
  const timestamp = hex(number === 0 ? RULES.entriesOpen - 1 : number === 1 ? RULES.entriesOpen : timeAt(number));
  const logsBloom = `0x${blooms.toString("hex", number * BLOOM_BYTES, (number + 1) * BLOOM_BYTES)}`;
  const [hash, parentHash] = [hashAt(number), hashAt(number - 1)];
  const header = { number: hex(number), hash, parentHash, timestamp, logsBloom };
  if (!withTransactions) return header;
  const where = { blockNumber: hex(number), blockHash: hash, transactionIndex: "0x0" };
  const transaction = { ...where, hash: transactionAt(number), from: voterOf(0), to: CONTEST };
  return { ...header, receiptsRoot: hash, transactions: [transaction] };
}

function logsOf({ fromBlock, toBlock, blockHash }: Filter): string {
  const from = blockHash === undefined ? Number(fromBlock) : numberOf(blockHash);
  const to = Math.min(head, blockHash === undefined ? Number(toBlock) : from);
  const [begin = 0, end = 0] = [offsets[from], offsets[to + 1]];
  const bytes = Buffer.allocUnsafe(Math.max(0, end - begin - 1));
  readSync(descriptor, bytes, 0, bytes.length, begin);
  return `[${bytes.toString("latin1")}]`;
}

async function answer({ id, method, params = [] }: Call): Promise<string> {
  const said = (result: string) => `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
  if (method === "eth_getLogs") return said(logsOf(params[0] as Filter));
  if (method === "eth_getBlockByNumber") return said(JSON.stringify(headerAt(String(params[0]), params[1] === true)));
  if (method === "eth_getBlockByHash")
    return said(JSON.stringify(headerAt(hex(numberOf(String(params[0]))), params[1] === true)));
  try {
    // The state of the contest is nobody's question here: a call at a block is refused, as by an endpoint without archive.
    if (method === "eth_call" && params[1] !== "latest") throw new Error("missing trie node");
    return said(JSON.stringify(await start.request({ method, params })));
  } catch (error) {
    return `{"jsonrpc":"2.0","id":${id},"error":{"code":-32000,"message":${JSON.stringify(String(error))}}}`;
  }
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
  const text = Array.isArray(body) ? `[${(await Promise.all(body.map(answer))).join(",")}]` : await answer(body);
  response.setHeader("content-type", "application/json").end(text);
}

const server = createServer((request, response) => {
  handle(request, response).catch(() => response.destroy());
});
// Whoever asks closes: on a busy machine a question crossed the end of an idle connection.
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}`, blocks });
});

process.on("message", (order: Order) => {
  if ("head" in order) {
    head = order.head;
    process.send?.({ head });
    return;
  }
  const mined: [number, string][] = [];
  const timer = setInterval(() => {
    head += 1;
    mined.push([head, process.hrtime.bigint().toString()]);
    if (mined.length < order.blocks) return;
    clearInterval(timer);
    process.send?.({ mined });
  }, 1_000 / order.rate);
});
process.once("disconnect", () => {
  closeSync(descriptor);
  process.exit();
});
