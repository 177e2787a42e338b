import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const MAIN = fileURLToPath(new URL("../../../indexer/main.ts", import.meta.url));
const readyLine = z.object({ ready: z.literal(true), url: z.url() });

type Ended = { readonly code: number | null; readonly signal: string | null };

/**
 * Starts `indexer/main.ts` as a process of its own, with a channel to this one as `npm start` does. `under`: a command that
 * becomes it.
 */
export function startIndexerProcess(args: readonly string[], main = MAIN, under: readonly string[] = []) {
  // Compiled once for all of them: whoever ends well leaves it to the next.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "coindrop-compiled") };
  const [program = process.execPath, ...rest] = [...under, process.execPath, main, ...args];
  const child: ChildProcess = spawn(program, rest, {
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let [out, err] = ["", ""];
  const ready = Promise.withResolvers<string>();
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
    const [first = "", rest] = out.split("\n", 2);
    // Commands that do not serve say something for people.
    if (rest !== undefined && first.startsWith("{")) ready.resolve(readyLine.parse(JSON.parse(first)).url);
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    err += chunk;
  });
  // `close` never comes once the channel was cut by hand, so: gone, and nothing left to read.
  const gone = new Promise<Ended>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const read = new Promise<void>((resolve) => child.stderr?.once("close", resolve));
  const ended = Promise.all([gone, read]).then(([how]) => {
    ready.reject(new Error(`the indexer ended before it was ready: ${err}`));
    return how;
  });
  ready.promise.catch(() => {});
  return {
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    /** Where it listens. */
    ready: ready.promise,
    ended,
    errors: () => err,
    output: () => out,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    disconnect: () => child.disconnect(),
  };
}
