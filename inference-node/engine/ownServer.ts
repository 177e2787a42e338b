import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LoadOptions } from "./childProtocol.ts";
import { lifeline } from "./lifeline.ts";

/** A llama-server of this process's own; when it ends, so does the process. */
export type OwnServer = { readonly url: string; readonly apiKey: string };

/**
 * Starts a llama-server for one model on loopback and waits until it has loaded it.
 *
 * Set up as the embedded engine is, for the same bits: no memory mapping, no flash attention, fixed batch size. It
 * answers only who knows a key made here. Throws when it ends before it is ready; whoever called limits the time.
 */
export async function startOwnServer(
  binary: string,
  options: LoadOptions & { readonly modelPath: string },
): Promise<OwnServer> {
  const port = await freePort();
  const apiKey = randomBytes(16).toString("hex");
  const sequences = options.sequences ?? 1;
  const given: Record<string, string | number> = {
    "--model": options.modelPath,
    "--host": "127.0.0.1",
    "--port": port,
    "--ctx-size": options.contextSize * sequences,
    "--parallel": sequences,
    "--batch-size": options.batchSize,
    "--ubatch-size": options.batchSize,
    "--threads": options.threads,
    "--threads-batch": options.threads,
    "--flash-attn": "off",
    "--cache-ram": 0,
    ...(options.gpu === false && { "--gpu-layers": 0 }),
  };
  const adapters = (options.adapterPaths ?? []).flatMap((path) => ["--lora", path]);
  const server = fork(
    fileURLToPath(new URL("./serverGuard.ts", import.meta.url)),
    [binary, ...Object.entries(given).flatMap(([name, value]) => [name, String(value)]), "--no-mmap", ...adapters],
    // The key is no argument: those can be seen by everybody on the machine.
    // The last is this process's own, which tells whoever waits for it when the server, too, is gone.
    { stdio: ["ignore", "ignore", "pipe", "ipc", lifeline()], env: { ...process.env, LLAMA_API_KEY: apiKey } },
  );
  let complaint = "";
  server.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  server.once("exit", (code) => {
    ended.reject(new Error(`llama-server ended (exit code ${code ?? "unknown"}): ${lastError(complaint)}`));
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await Promise.race([isHealthy(url), ended.promise]))) await pause(50);
  server.once("exit", () => process.exit(1));
  return { url, apiKey };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function lastError(complaint: string): string {
  const lines = complaint.trim().split("\n");
  return lines.findLast((line) => /error|failed|invalid/i.test(line)) ?? lines.at(-1) ?? "";
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no free port on loopback");
  return address.port;
}
