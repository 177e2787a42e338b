import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { z } from "zod";
import { until } from "../support/until.ts";
import { peakMbOf } from "./peakMbOf.ts";
import { writePonderProject } from "./ponderProject.ts";
import type { StaticChain } from "./startStaticChain.ts";

const SCHEMA = "stakes_by_ponder";
const EVENTS_A_BLOCK = 20;
const FIRST = 2;
/** Ponder reads the newest 30 blocks one by one: with these above, all that counts lies deeper. */
const BLOCKS_ABOVE = 64;
const START_MS = 120_000;
const SYNC_MS = 3_600_000;
const Package = z.object({ version: z.string(), bin: z.object({ ponder: z.string() }) });

/**
 * Milliseconds in which Ponder brings the same stakes into an empty Postgres, from when it answers over HTTP, and the peak
 * of its memory. `installed` is the folder in which `npm install ponder viem hono` was run.
 */
export async function measurePonder(
  chain: StaticChain,
  given: { readonly events: number; readonly installed: string; readonly database: string; readonly folder: string },
) {
  const { events, database, folder } = given;
  const installed = resolve(given.installed);
  const home = join(installed, "node_modules", "ponder");
  const { version, bin } = Package.parse(JSON.parse(readFileSync(join(home, "package.json"), "utf8")));
  const last = FIRST - 1 + events / EVENTS_A_BLOCK;
  await chain.setHead(Math.min(last + BLOCKS_ABOVE, chain.blocks - 1));
  writePonderProject(folder, { installed, rpc: chain.url, last });

  const port = await freePort();
  const args = ["start", "--schema", SCHEMA, "--port", String(port), "--hostname", "127.0.0.1", "--log-level", "warn"];
  const child = spawn(process.execPath, [join(home, bin.ponder), ...args], {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: database, PONDER_TELEMETRY_DISABLED: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const answers = async (path: string) => {
    if (child.exitCode !== null) throw new Error(`Ponder ${version} ended: ${said.slice(0, 2_000)}`);
    return await fetch(`http://127.0.0.1:${port}${path}`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  try {
    await until("Ponder to answer", () => answers("/health"), START_MS);
    const began = performance.now();
    await until("Ponder to have every stake", () => answers("/ready"), SYNC_MS);
    const ms = performance.now() - began;
    const peakMb = peakMbOf(child.pid);
    const kept = await countActivity(database);
    if (kept !== events) throw new Error(`Ponder ${version} kept ${kept} of ${events} stakes. ${said.slice(0, 2_000)}`);
    return { version, ms, peakMb };
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

async function countActivity(database: string): Promise<number> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query(`SELECT count(*)::int AS kept FROM "${SCHEMA}"."activity"`);
    return z.array(z.object({ kept: z.number() })).parse(rows)[0]?.kept ?? 0;
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((done) => server.close(() => done()));
  return port;
}
