import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../../scripts/tool/root.ts";

/** An endpoint that takes every connection and never answers: nothing that waits for it comes up by itself. */
const silent = createServer();
const folder = mkdtempSync(path.join(tmpdir(), "coindrop-orphans-"));
const KEY = `0x${"11".repeat(32)}`;
const SOME = `0x${"22".repeat(20)}`;

beforeAll(() => new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  silent.close();
  rmSync(folder, { recursive: true, force: true });
});

const services: Record<string, (rpcUrl: string) => string[]> = {
  "the chain": () => ["scripts/chain.ts", "--interval", "1000"],
  "the indexer": (rpcUrl) => [
    ...["indexer/main.ts", "serve", "--rpc", rpcUrl, "--factory", SOME, "--node-registry", SOME],
    ...["--db", path.join(folder, "indexer.sqlite"), "--port", "0"],
  ],
  "the relay": (rpcUrl) => [
    ...["scripts/relay.ts", "serve", "--json", "--rpc", rpcUrl, "--contest", SOME, "--port", "0"],
    ...["--state", path.join(folder, "relay.sqlite"), "--key-env", "ORPHAN_KEY"],
  ],
  "a node": (rpcUrl) => [
    ...["inference-node/main.ts", "serve", "--rpc", rpcUrl, "--factory", SOME, "--node-registry", SOME],
    ...["--contest", SOME, "--key-env", "ORPHAN_KEY", "--store", path.join(folder, "node")],
  ],
  "a model's process": () => ["inference-node/engine/child.ts"],
};

// What closes between the start of a process and its first line must not be missed: it would live for ever.
test.each(Object.entries(services))("%s ends when its starter is gone before it is up", async (_name, args) => {
  const rpcUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, args(rpcUrl), {
    cwd: root,
    env: { ...process.env, ORPHAN_KEY: KEY },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.disconnect();
  try {
    expect(await exited).toBe(0);
    expect(complaint).toBe("");
  } finally {
    child.kill("SIGKILL");
  }
});
