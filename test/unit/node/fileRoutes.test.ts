import { mkdtemp, open, rm } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import Fastify from "fastify";
import { afterEach, expect, test } from "vitest";
import { bareHex } from "#protocol/hashing.ts";
import { toApiError } from "../../../inference-node/serve/apiError.ts";
import { addFileRoutes } from "../../../inference-node/serve/fileRoutes.ts";
import type { HostedEntry } from "../../../inference-node/serve/hostedEntry.ts";
import { entry as facts } from "../../support/entryFacts.ts";
import { until } from "../../support/until.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A node that hands out one file, larger than what waits on the way to a reader that takes nothing. */
async function serve(stallMs: number) {
  const folder = await mkdtemp(join(tmpdir(), "coindrop-files-"));
  closing.push(() => rm(folder, { recursive: true }));
  const modelPath = join(folder, "model.gguf");
  const file = await open(modelPath, "w");
  await file.truncate(64 * 1_048_576);
  await file.close();
  const app = Fastify({ trustProxy: true, forceCloseConnections: true });
  app.setErrorHandler((error, _request, reply) => {
    const { status, retryAfter } = toApiError(error);
    return reply.code(status).header("Retry-After", retryAfter).send();
  });
  await app.register(fastifyStatic, { root: folder, serve: false });
  const entry = { facts: facts(1), modelPath, check: async () => async () => true } as unknown as HostedEntry;
  addFileRoutes(app, () => [entry], { bytesPerSecond: 1e12, stallMs });
  await app.listen({ host: "127.0.0.1", port: 0 });
  closing.push(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  /** Asks for the file and reads nothing of it. */
  const ask = (network: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { "X-Forwarded-For": network };
      const path = `/models/${bareHex(entry.facts.modelSha256)}`;
      const request = get({ host: "127.0.0.1", port, path, headers, agent: false }, resolve);
      request.on("error", reject);
      closing.push(() => request.destroy());
    });
  return ask;
}

test("one network takes two of the downloads, and leaves the others to the rest", async () => {
  const ask = await serve(60_000);
  const first = await ask("192.0.2.1");
  expect([first.statusCode, (await ask("192.0.2.1")).statusCode]).toEqual([200, 200]);
  const third = await ask("192.0.2.1");
  expect([third.statusCode, third.headers["retry-after"]]).toEqual([503, "30"]);
  expect((await ask("192.0.2.2")).statusCode).toBe(200);
  first.destroy();
  await until("a place", async () => (await ask("192.0.2.1")).statusCode === 200);
});

test("a reader that takes nothing is cut off, and one that takes all is not", async () => {
  const ask = await serve(200);
  const stuck = await ask("192.0.2.1");
  const cut = new Promise((resolve) => stuck.once("close", resolve));
  stuck.on("error", () => undefined);
  let bytes = 0;
  for await (const chunk of await ask("192.0.2.1")) bytes += (chunk as Buffer).length;
  expect(bytes).toBe(64 * 1_048_576);
  await until("both places", async () => {
    const [one, other] = [await ask("192.0.2.1"), await ask("192.0.2.1")];
    const free = one.statusCode === 200 && other.statusCode === 200;
    one.destroy();
    other.destroy();
    return free;
  });
  stuck.resume();
  await cut;
  expect(stuck.complete).toBe(false);
});
