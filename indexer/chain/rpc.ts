import type { Hex } from "viem";
import { http, webSocket } from "viem";
import { z } from "zod";
import { shortMessageOf } from "#protocol/errors.ts";
import { addressSchema, bytes32Schema, hexSchema } from "#protocol/primitives.ts";
import type { Header } from "../store/store.ts";
import { ChainUnreachableError, RateLimitedError, RequestRefusedError } from "./errors.ts";
import type { Log } from "./log.ts";
import { plainLogs } from "./plainLogs.ts";
import { rateLimitOf } from "./rateLimitOf.ts";

const TIMEOUT_MS = 10_000;
const HEADERS_AT_ONCE = 100;

export type LogFilter = { readonly addresses: readonly Hex[] } & Unaddressed;
type Unaddressed = { readonly blockHash: Hex } | { readonly from: number; readonly to: number };

const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,14}$/)
  .transform(Number)
  .pipe(z.int());

const headerSchema = z
  .object({
    number: quantity,
    hash: bytes32Schema,
    parentHash: bytes32Schema,
    timestamp: quantity,
    logsBloom: hexSchema.optional(),
  })
  .nullable();

const logSchema = z
  .object({
    address: addressSchema,
    topics: z.array(bytes32Schema).max(4),
    data: hexSchema,
    blockNumber: quantity,
    blockHash: bytes32Schema,
    transactionHash: bytes32Schema,
    logIndex: quantity,
    removed: z.boolean().optional(),
  })
  .transform(
    ({ blockNumber, transactionHash, removed: _, ...log }): Log => ({
      ...log,
      block: blockNumber,
      transaction: transactionHash,
    }),
  );

const logsSchema = z.array(logSchema);

const receiptsSchema = z.array(z.object({ logs: z.array(logSchema) })).nullable();

/** A header with its block's summary of logs, where the chain gives one. */
export type ChainHeader = Header & { readonly logsBloom?: Hex | undefined };

export type Rpc = ReturnType<typeof createRpc>;

/** The chain through one JSON-RPC endpoint, http(s) or ws(s). */
export function createRpc(url: string, timeoutMs = TIMEOUT_MS) {
  const options = { retryCount: 0, timeout: timeoutMs };
  const socket = /^wss?:/.test(url) ? webSocket(url, options)({ retryCount: 0 }) : undefined;
  const transport =
    socket ?? http(url, { ...options, batch: { wait: 0, batchSize: HEADERS_AT_ONCE } })({ retryCount: 0 });
  return rpcOver(transport, withoutSecrets(url), socket);
}

type Transport = {
  request(asked: { readonly method: string; readonly params: readonly unknown[] }): Promise<unknown>;
};

/**
 * The chain through whatever carries requests to it. Answers are checked once, here. Every method throws
 * `ChainUnreachableError`, `RateLimitedError` or `RequestRefusedError`; nothing is retried here.
 */
export function rpcOver(transport: Transport, name: string, socket?: ReturnType<ReturnType<typeof webSocket>>) {
  const outstanding = new Set<(reason: Error) => void>();

  async function ask<T>(schema: z.ZodType<T>, method: string, params: readonly unknown[]): Promise<T> {
    return checked(schema, method, await request(method, params));
  }

  function checked<T>(schema: z.ZodType<T>, method: string, answer: unknown): T {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new ChainUnreachableError(`The chain's endpoint answered ${method} with something else than it must.`, {
      metaMessages: [`Endpoint: ${name}`, `Problem: ${z.prettifyError(parsed.error)}`],
    });
  }

  async function request(method: string, params: readonly unknown[]): Promise<unknown> {
    const abandoned = Promise.withResolvers<never>();
    outstanding.add(abandoned.reject);
    try {
      return await Promise.race([transport.request({ method, params }), abandoned.promise]);
    } catch (error) {
      const code = (error as { readonly code?: unknown }).code;
      const wait = rateLimitOf(error);
      const facts = { metaMessages: [`Endpoint: ${name}`, `Request: ${method}`], cause: error };
      if (wait !== undefined) {
        throw new RateLimitedError("The chain's endpoint asks for fewer requests.", wait, facts);
      }
      if (typeof code === "number") {
        throw new RequestRefusedError(`The chain's endpoint refused a request: ${reasonOf(error)}`, code, facts);
      }
      throw new ChainUnreachableError("The chain's endpoint does not answer.", facts);
    } finally {
      outstanding.delete(abandoned.reject);
    }
  }

  async function header(at: number | "latest" | "finalized"): Promise<ChainHeader | null> {
    const asked = typeof at === "number" ? toQuantity(at) : at;
    const found = await ask<ChainHeader | null>(headerSchema, "eth_getBlockByNumber", [asked, false]);
    if (typeof at === "number" && found !== null && found.number !== at) throw unasked(found.number, name);
    return found;
  }

  return {
    /** Protocol and host, for messages. */
    name,
    chainId: () => ask(quantity, "eth_chainId", []),
    /** The header of a block; null where the chain has none. */
    header,
    /** Headers of several blocks, in the order asked for. */
    async headers(numbers: readonly number[]): Promise<ChainHeader[]> {
      const found: ChainHeader[] = [];
      for (let i = 0; i < numbers.length; i += HEADERS_AT_ONCE) {
        const page = numbers.slice(i, i + HEADERS_AT_ONCE);
        for (const answer of await Promise.all(page.map(header))) {
          if (answer === null) throw new ChainUnreachableError("The chain's endpoint does not know a block it named.");
          found.push(answer);
        }
      }
      return found;
    },
    async logs({ addresses, ...where }: LogFilter): Promise<Log[]> {
      const span = "blockHash" in where ? where : { fromBlock: toQuantity(where.from), toBlock: toQuantity(where.to) };
      const method = "eth_getLogs";
      const answer = await request(method, [{ address: addresses, ...span }]);
      const logs = plainLogs(answer) ?? checked(logsSchema, method, answer);
      // Folding what lies elsewhere would count it twice, or leave out what lies between.
      const stray = logs.find((log) => !isWithin(log, where));
      if (stray !== undefined) throw unasked(stray.block, name);
      return logs;
    },
    /** Every log of a block from its receipts; null where the endpoint does not give them. */
    async receiptLogs(blockHash: Hex): Promise<Log[] | null> {
      try {
        const receipts = await ask(receiptsSchema, "eth_getBlockReceipts", [blockHash]);
        const found = receipts?.flatMap(({ logs }) => logs) ?? null;
        if (found?.every((log) => log.blockHash === blockHash) === false)
          throw new ChainUnreachableError(
            "The chain's endpoint gave receipts of another block than the one asked for.",
            {
              metaMessages: [`Endpoint: ${name}`, `Block: ${blockHash}`],
            },
          );
        return found;
      } catch (error) {
        if (error instanceof RequestRefusedError) return null;
        throw error;
      }
    },
    /** How many transactions an account has sent at a block; of a contract: how many contracts it made, and one. */
    nonce: (address: Hex, at: number) => ask(quantity, "eth_getTransactionCount", [address, toQuantity(at)]),
    code: (address: Hex) => ask(hexSchema, "eth_getCode", [address, "latest"]),
    /** Result of a read-only call, with bounded gas, at the newest block or at an older one. */
    call: (to: Hex, data: Hex, at?: number) =>
      at === undefined
        ? ask(hexSchema, "eth_call", [{ to, data, gas: "0x7a120" }, "latest"])
        : ask(hexSchema, "eth_call", [{ to, data, gas: "0x989680" }, toQuantity(at)]),
    /** Calls `wake` at each new block where the endpoint can tell; returns how to stop. Polling must not rely on it. */
    async onHead(wake: () => void): Promise<() => void> {
      if (socket?.value === undefined) return () => {};
      const { unsubscribe } = await socket.value.subscribe({ params: ["newHeads"], onData: wake, onError: wake });
      return () => void unsubscribe().catch(() => {});
    },
    /** Whoever waits for an answer is told that none comes. */
    async close(): Promise<void> {
      for (const abandon of outstanding) abandon(new Error("the connection was closed"));
      const client = await socket?.value?.getRpcClient().catch(() => undefined);
      client?.close();
    },
  };
}

function isWithin({ block, blockHash }: Log, where: Unaddressed): boolean {
  return "blockHash" in where ? blockHash === where.blockHash : block >= where.from && block <= where.to;
}

function unasked(block: number, name: string): ChainUnreachableError {
  return new ChainUnreachableError(`The chain's endpoint answered with block ${block}, which was not asked for.`, {
    metaMessages: [`Endpoint: ${name}`, "The answer is left out. If this stays, give --rpc another endpoint."],
  });
}

function toQuantity(value: number): Hex {
  return `0x${value.toString(16)}`;
}

/** Host and path of an endpoint: keys travel in user, password and query. */
function withoutSecrets(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

function reasonOf(error: unknown): string {
  const details = (error as { readonly details?: unknown }).details;
  return (typeof details === "string" ? details : shortMessageOf(error)).slice(0, 300);
}
