/** Runs a program on this Node and waits for it. */

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { root } from "./root.ts";

/** How a program ended. `output` is empty where it was shown as it came. */
export type Ended = { readonly code: number; readonly output: string };

/**
 * Runs `node file …args` in the house's folder. `output: "show"` lets it write to our terminal, `"keep"` returns what it
 * wrote. A program killed by a signal ends with 128 plus its number, as shells say it.
 */
export function run(
  file: string,
  args: readonly string[],
  options: { readonly output: "show" | "keep"; readonly env?: Readonly<Record<string, string>> },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: options.output === "show" ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const pass = () => child.kill("SIGTERM");
    process.once("SIGTERM", pass);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("SIGTERM", pass);
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), output });
    });
  });
}
