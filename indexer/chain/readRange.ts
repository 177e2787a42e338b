import type { Hex } from "viem";
import { shortMessageOf } from "#protocol/errors.ts";
import type { Role } from "../decode/decodeLog.ts";
import { decodeLog } from "../decode/decodeLog.ts";
import type { ChainEvent } from "../decode/events.ts";
import type { Header, Placed, Range } from "../store/store.ts";
import type { TokenRow } from "../store/tables.ts";
import { checkLogs } from "./checkLogs.ts";
import { BranchChangedError, ChainUnreachableError } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Notices } from "./notices.ts";
import { readToken } from "./readToken.ts";
import type { ChainHeader, LogFilter, Rpc } from "./rpc.ts";

const ADDRESSES_AT_ONCE = 500;
/** What blocks name as their parent that a simulated chain makes many of at once (`hardhat_mine`). */
const NO_PARENT = `0x${"0".repeat(64)}`;

type ReadOptions = {
  readonly rpc: Rpc;
  readonly factory: Hex;
  readonly nodeRegistry: Hex;
  readonly contests: readonly Hex[];
  readonly hasToken: (address: Hex) => Promise<boolean>;
  /** The newest block folded in. */
  readonly after: Header;
  /** The last block to read. */
  readonly to: ChainHeader;
  /** Blocks up to this one cannot be rolled back. */
  readonly finalized: number;
  readonly notices: Notices;
  /** Whether every block that may hold our logs is compared with its receipts. */
  readonly thorough: boolean;
  /** Logs of `to`, where it is the only block and they are on their way already. */
  readonly logs?: Promise<readonly Log[]> | undefined;
};

/** What is in a range, and how many logs of our addresses were there. */
export type RangeRead = Range & { readonly logs: number };

/**
 * Reads the blocks after `after` up to `to`: headers, logs of our contracts and of contests created on the way, tokens.
 * Everything is checked to belong to one branch that follows `after`. Throws `BranchChangedError` where it does not.
 */
export async function readRange(options: ReadOptions): Promise<RangeRead> {
  const { rpc, factory, nodeRegistry, contests, after, to, finalized } = options;
  const single = to.number === after.number + 1;
  const span = single ? { blockHash: to.hash } : { from: after.number + 1, to: to.number };
  const known = new Set(contests);
  const [found, linked] = await Promise.all([
    (single && options.logs) || readLogs(rpc, [factory, nodeRegistry, ...contests], span),
    single ? [to] : rpc.headers(mustLink(after.number + 1, to.number, finalized)),
  ]);
  const headers = new Map<number, ChainHeader>(linked.map((header) => [header.number, header]));
  headers.set(to.number, to);
  const logs = await whole(options, { found, known, headers, span });
  const ordered = [...headers.values()].sort((a, b) => a.number - b.number);
  await checkBranch(rpc, after, ordered);

  const events: Placed[] = [];
  for (const log of logs) {
    const header = headers.get(log.block);
    if (header === undefined || header.hash !== log.blockHash) throw changed(log.block);
    const role = log.address === factory ? "factory" : log.address === nodeRegistry ? "registry" : "contest";
    if (role === "contest" && !known.has(log.address)) continue;
    const event = decoded(role, log);
    if (event === undefined) continue;
    const { block, logIndex, transaction, address: emitter } = log;
    events.push({ at: { block, timestamp: header.timestamp, logIndex, transaction, emitter }, event });
  }
  const tokens = await readTokens(
    options,
    events.map(({ event }) => event),
  );
  return { after, headers: keep(ordered, events, finalized, to), events, finalized, tokens, logs: logs.length };
}

type Span =
  | Omit<Extract<LogFilter, { blockHash: Hex }>, "addresses">
  | Omit<Extract<LogFilter, { from: number }>, "addresses">;

type Reading = {
  readonly found: readonly Log[];
  readonly known: Set<Hex>;
  readonly headers: Map<number, ChainHeader>;
  readonly span: Span;
};

/** All logs in order, each once, checked against their blocks; adds contests created on the way, with their own logs. */
async function whole(options: ReadOptions, { found, known, headers, span }: Reading): Promise<Log[]> {
  const { rpc, factory, nodeRegistry } = options;
  for (let some = found; ; ) {
    const missing = [...new Set(some.map(({ block }) => block))].filter((block) => !headers.has(block));
    for (const header of await rpc.headers(missing)) headers.set(header.number, header);
    const addresses = [factory, nodeRegistry, ...known];
    const logs = await checkLogs({ ...options, headers: [...headers.values()], logs: some, addresses });
    const created = logs.flatMap((log) => contestCreated(factory, log)).filter((address) => !known.has(address));
    if (created.length === 0) return logs;
    for (const address of created) known.add(address);
    some = [...logs, ...(await readLogs(rpc, created, span))];
  }
}

/** Logs of the addresses, however many these are. */
export async function readLogs(rpc: Rpc, addresses: readonly Hex[], span: Span): Promise<Log[]> {
  const pages: Promise<Log[]>[] = [];
  for (let i = 0; i < addresses.length; i += ADDRESSES_AT_ONCE) {
    pages.push(rpc.logs({ addresses: addresses.slice(i, i + ADDRESSES_AT_ONCE), ...span }));
  }
  return (await Promise.all(pages)).flat();
}

/** The first block, and all that can still be rolled back: their headers must link. */
function mustLink(from: number, to: number, finalized: number): number[] {
  const numbers = [from];
  for (let number = Math.max(from, finalized) + 1; number < to; number++) numbers.push(number);
  return numbers;
}

async function checkBranch(rpc: Rpc, after: Header, headers: readonly Header[]): Promise<void> {
  let previous = after;
  let unlinked = false;
  for (const header of headers) {
    if (header.number === previous.number + 1) {
      if (header.parentHash === NO_PARENT) unlinked = true;
      else if (header.parentHash !== previous.hash) throw changed(header.number);
    }
    previous = header;
  }
  if (unlinked && (await rpc.header(after.number))?.hash !== after.hash) throw changed(after.number);
}

function changed(block: number): BranchChangedError {
  return new BranchChangedError(`Block ${block} does not follow on what was read before.`);
}

function contestCreated(factory: Hex, log: Log): Hex[] {
  if (log.address !== factory) return [];
  const event = decoded("factory", log);
  return event?.name === "ContestCreated" ? [event.contest] : [];
}

/** What our contracts emit has one shape: a log of another one is the endpoint's fault, and asked for again. */
function decoded(role: Role, log: Log): ChainEvent | undefined {
  try {
    return decodeLog(role, log);
  } catch (cause) {
    throw new ChainUnreachableError(`The chain's endpoint gave a log of block ${log.block} that cannot be read.`, {
      metaMessages: [`Contract: ${log.address}`, `Log index: ${log.logIndex}`, `Problem: ${shortMessageOf(cause)}`],
      cause,
    });
  }
}

async function readTokens({ rpc, hasToken }: ReadOptions, events: readonly ChainEvent[]): Promise<TokenRow[]> {
  const addresses = events.flatMap((event) =>
    event.name === "ContestCreated" ? [event.rules.coin, event.rules.prizeToken] : [],
  );
  const read = [...new Set(addresses)].map(async (address) =>
    (await hasToken(address)) ? [] : [await readToken(rpc, address)],
  );
  return (await Promise.all(read)).flat();
}

function keep(headers: readonly Header[], events: readonly Placed[], finalized: number, to: Header): Header[] {
  const eventful = new Set(events.map(({ at }) => at.block));
  return headers.filter(({ number }) => number > finalized || number === to.number || eventful.has(number));
}
