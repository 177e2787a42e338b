import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { fastify } from "fastify";
import { z } from "zod";
import { routes } from "#protocol/routes.ts";
import { CONTEST } from "../support/scriptedLogs.ts";
import { startBenchIndexer } from "./benchIndexer.ts";
import type { StaticChain } from "./startStaticChain.ts";

const REQUESTS_A_SECOND = 500;
const AUTOCANNON = createRequire(import.meta.url).resolve("autocannon");
const Report = z.object({
  latency: z.object({ p50: z.number(), p99: z.number() }),
  requests: z.object({ average: z.number() }),
});

/** Latency of the ranking at 500 requests a second, beside the same framework that returns a constant of that size. */
export async function measureApi(
  chain: StaticChain,
  { file, seconds }: { readonly file: string; readonly seconds: number },
) {
  const indexer = await startBenchIndexer(chain.url, file);
  const url = `${indexer.url}${routes.ranking.replace(":contest", CONTEST)}`;
  const body = await (await fetch(url)).text();
  const app = fastify();
  app.get("/", (_, reply) => reply.type("application/json").send(body));
  const constantUrl = await app.listen({ host: "127.0.0.1", port: 0 });
  const [before, indexed, after] = [
    await shoot(constantUrl, seconds / 2),
    await shoot(url, seconds),
    await shoot(constantUrl, seconds / 2),
  ];
  await Promise.all([app.close(), indexer.stop()]);
  const constant = { ...before, p50: (before.p50 + after.p50) / 2, p99: Math.max(before.p99, after.p99) };
  return { indexer: indexed, constant, bytes: body.length };
}

async function shoot(url: string, duration: number) {
  const args = [
    "--json",
    "--connections",
    "20",
    "--overallRate",
    String(REQUESTS_A_SECOND),
    "--duration",
    String(duration),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [AUTOCANNON, ...args, url], { maxBuffer: 1 << 26 });
  const { latency, requests } = Report.parse(JSON.parse(stdout));
  return { p50: latency.p50, p99: latency.p99, rate: Math.round(requests.average) };
}
