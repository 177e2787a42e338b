import { FetchRequest, JsonRpcProvider, type Log, Network } from "ethers";
import { CannotLookError, reasonOf } from "./cannotLookError.ts";

/** Milliseconds after which a silent RPC endpoint counts as unreachable. */
const TIMEOUT = 20_000;
/** Blocks asked for at one time. */
const HEADERS_AT_ONCE = 200;

export type ChainReader = {
  readonly provider: JsonRpcProvider;
  readonly chainId: number;
  readonly close: () => void;
};

/** Connects to an RPC endpoint. Throws `CannotLookError` when nobody answers there. */
export async function openChain(rpcUrl: string): Promise<ChainReader> {
  const chainId = await readChainId(rpcUrl);
  const request = new FetchRequest(rpcUrl);
  request.timeout = TIMEOUT;
  // Without a fixed network ethers would ask for it again and again, for ever, when the endpoint dies.
  const network = Network.from(chainId);
  const provider = new JsonRpcProvider(request, network, { staticNetwork: network });
  return { provider, chainId, close: () => provider.destroy() };
}

/**
 * All logs of `address` in blocks `from` to `to`, in the chain's order, each once. Endpoints limit how many blocks or
 * logs they return, each in its own way; a refused range is halved until it is answered.
 */
export async function readLogs(
  { provider }: ChainReader,
  range: { readonly address: string; readonly from: number; readonly to: number },
): Promise<Log[]> {
  const found = new Map<string, Log>();
  await read(range.from, range.to);
  return [...found.values()].sort((a, b) => a.blockNumber - b.blockNumber || a.index - b.index);

  async function read(from: number, to: number): Promise<void> {
    if (from > to) return;
    try {
      const logs = await provider.getLogs({ address: range.address, fromBlock: from, toBlock: to });
      for (const log of logs) found.set(`${log.blockNumber}/${log.index}`, log);
    } catch (error) {
      if (from === to)
        throw new CannotLookError(`The logs of block ${from} could not be read: ${reasonOf(error)}.`, { cause: error });
      const middle = Math.floor((from + to) / 2);
      await read(from, middle);
      await read(middle + 1, to);
    }
  }
}

/** Timestamps, in seconds since 1970, of the given blocks. */
export async function readTimes({ provider }: ChainReader, blocks: readonly number[]): Promise<Map<number, bigint>> {
  const times = new Map<number, bigint>();
  for (let start = 0; start < blocks.length; start += HEADERS_AT_ONCE) {
    const some = blocks.slice(start, start + HEADERS_AT_ONCE);
    const headers = await Promise.all(some.map((number) => provider.getBlock(number)));
    headers.forEach((header, position) => {
      const number = some[position];
      if (header === null || number === undefined)
        throw new CannotLookError(`The endpoint does not have block ${number}.`);
      times.set(number, BigInt(header.timestamp));
    });
  }
  return times;
}

/**
 * First block that has the contract's code, by halving; 0 when the endpoint keeps no old state. Spares public endpoints
 * the years before a contest.
 */
export async function firstBlockOf({ provider }: ChainReader, address: string, head: number): Promise<number> {
  let low = 0;
  let high = head;
  try {
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((await provider.getCode(address, middle)) === "0x") low = middle + 1;
      else high = middle;
    }
  } catch {
    return 0;
  }
  return low;
}

async function readChainId(rpcUrl: string): Promise<number> {
  try {
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const answer: unknown = await response.json();
    const result: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, "result") : undefined;
    if (typeof result !== "string" || !/^0x[0-9a-fA-F]+$/.test(result)) throw new Error("it gave no chain id");
    return Number(result);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new CannotLookError(`No chain answers at ${rpcUrl}: ${reasonOf(cause)}.`, { cause: error });
  }
}
