import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

type Call = {
  readonly jsonrpc: "2.0";
  readonly id: number;
  readonly method: string;
  readonly params?: readonly unknown[];
};
type Provider = { request(call: { method: string; params?: readonly unknown[] }): Promise<unknown> };

/** What stands between a caller and the chain: gets the call and how to go on; may answer otherwise, or throw. */
export type Middleman = (call: Call, proceed: () => Promise<unknown>) => Promise<unknown>;

/** An error that the endpoint answers with, instead of failing. */
export class RpcFault extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A whole HTTP answer instead of JSON-RPC's. */
export class HttpFault extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, headers: Readonly<Record<string, string>> = {}) {
    super(`HTTP ${status}`);
    this.status = status;
    this.headers = headers;
  }
}

/** JSON-RPC over HTTP for a chain of this process. `between` may be changed at any time, to make the endpoint lie. */
export async function startRpcServer(provider: Provider, port = 0) {
  let between: Middleman = (_, proceed) => proceed();
  let asked = 0;

  async function answer(call: Call): Promise<unknown> {
    asked += 1;
    const { id, jsonrpc, method, params = [] } = call;
    try {
      return { id, jsonrpc, result: await between(call, () => provider.request({ method, params })) };
    } catch (error) {
      if (error instanceof HttpFault) throw error;
      const code = (error as { readonly code?: unknown }).code;
      const message = error instanceof Error ? error.message : String(error);
      return { id, jsonrpc, error: { code: typeof code === "number" ? code : -32603, message } };
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
    const result = Array.isArray(body) ? await Promise.all(body.map(answer)) : await answer(body);
    response.setHeader("content-type", "application/json").end(JSON.stringify(result));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (error instanceof HttpFault) response.writeHead(error.status, error.headers).end();
      else response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const taken = (server.address() as AddressInfo).port;

  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    asked: () => asked,
    intercept(middleman: Middleman): void {
      between = middleman;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
