import type { Hex } from "viem";
import { decodeLog } from "../decode/decodeLog.ts";
import type { ChainEvent } from "../decode/events.ts";
import type { Header, Placed, Range } from "../store/store.ts";
import type { TokenRow } from "../store/tables.ts";
import { BranchChangedError } from "./errors.ts";
import type { Log } from "./log.ts";
import { readToken } from "./readToken.ts";
import type { LogFilter, Rpc } from "./rpc.ts";

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
  readonly to: Header;
  /** Blocks up to this one cannot be rolled back. */
  readonly finalized: number;
};

/**
 * Reads the blocks after `after` up to `to`: headers, logs of our contracts and of contests created on the way, tokens.
 * Everything is checked to belong to one branch that follows `after`. Throws `BranchChangedError` where it does not.
 */
export async function readRange(options: ReadOptions): Promise<Range & { readonly logs: number }> {
  const { rpc, factory, nodeRegistry, contests, after, to, finalized } = options;
  const single = to.number === after.number + 1;
  const span = single ? { blockHash: to.hash } : { from: after.number + 1, to: to.number };
  const known = new Set(contests);
  const [found, linked] = await Promise.all([
    readLogs(rpc, [factory, nodeRegistry, ...contests], span),
    single ? [to] : rpc.headers(mustLink(after.number + 1, to.number, finalized)),
  ]);
  const created = found.flatMap((log) => contestCreated(factory, log)).filter((address) => !known.has(address));
  if (created.length > 0) found.push(...(await readLogs(rpc, created, span)));
  for (const address of created) known.add(address);

  const headers = new Map(linked.map((header) => [header.number, header]));
  headers.set(to.number, to);
  const missing = [...new Set(found.map(({ block }) => block))].filter((block) => !headers.has(block));
  for (const header of await rpc.headers(missing)) headers.set(header.number, header);
  const ordered = [...headers.values()].sort((a, b) => a.number - b.number);
  await checkBranch(rpc, after, ordered);

  const events: Placed[] = [];
  for (const log of inOrder(found)) {
    const header = headers.get(log.block);
    if (header === undefined || header.hash !== log.blockHash) throw changed(log.block);
    const role = log.address === factory ? "factory" : log.address === nodeRegistry ? "registry" : "contest";
    if (role === "contest" && !known.has(log.address)) continue;
    const event = decodeLog(role, log);
    if (event === undefined) continue;
    const { block, logIndex, transaction, address: emitter } = log;
    events.push({ at: { block, timestamp: header.timestamp, logIndex, transaction, emitter }, event });
  }
  const tokens = await readTokens(
    options,
    events.map(({ event }) => event),
  );
  return { after, headers: keep(ordered, events, finalized, to), events, finalized, tokens, logs: found.length };
}

async function readLogs(
  rpc: Rpc,
  addresses: readonly Hex[],
  span:
    | Omit<Extract<LogFilter, { blockHash: Hex }>, "addresses">
    | Omit<Extract<LogFilter, { from: number }>, "addresses">,
): Promise<Log[]> {
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

/** In the order of blocks and log indexes; what came twice is kept once. */
function inOrder(logs: readonly Log[]): Log[] {
  const sorted = [...logs].sort((a, b) => a.block - b.block || a.logIndex - b.logIndex);
  return sorted.filter((log, index) => {
    const previous = sorted[index - 1];
    return previous === undefined || previous.block !== log.block || previous.logIndex !== log.logIndex;
  });
}

function contestCreated(factory: Hex, log: Log): Hex[] {
  if (log.address !== factory) return [];
  const event = decodeLog("factory", log);
  return event?.name === "ContestCreated" ? [event.contest] : [];
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
