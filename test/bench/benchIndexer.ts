import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Ready } from "#protocol/http.ts";
import { nodeFlags } from "../../scripts/setup/nodeFlags.js";
import { FACTORY, REGISTRY } from "../support/scriptedLogs.ts";
import { peakMbOf } from "./peakMbOf.ts";

const MAIN = fileURLToPath(new URL("../../indexer/main.ts", import.meta.url));

/** Starts the indexer as its users do, in a process of its own; Linux says how much memory it took at most. */
export async function startBenchIndexer(rpc: string, db: string) {
  const options = {
    rpc,
    db,
    factory: FACTORY,
    "node-registry": REGISTRY,
    "poll-ms": "5",
    "requests-per-minute": "0",
    // The static endpoint does not know the tallies after the first block.
    "audit-blocks": "0",
    "log-level": "error",
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [...nodeFlags(MAIN), MAIN, "serve", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk) => resolve((JSON.parse(String(chunk)) as { readonly url: string }).url));
    child.once("exit", () => reject(new Error("the indexer ended before it was ready")));
  });
  return {
    url,
    /** Waits until a block is indexed. */
    async reaches(block: number): Promise<void> {
      for (;;) {
        const { indexed } = (await (await fetch(`${url}/ready`)).json()) as Ready;
        if (indexed !== null && indexed >= block) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    peakMb: () => peakMbOf(child.pid),
    async stop(): Promise<void> {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
