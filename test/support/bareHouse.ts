/** A bare house in a temporary folder: our real set-up with as little else as a test needs. */

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../../scripts/tool/root.ts";

/** How a set-up ended and what it wrote. */
export type SetUpRun = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type BareHouse = {
  readonly folder: string;
  readonly write: (file: string, text: string) => void;
  /** Starts the set-up with this test's Node; `ended` resolves with what it came to. */
  readonly setUp: (...args: string[]) => { readonly child: ChildProcess; readonly ended: Promise<SetUpRun> };
  readonly remove: () => void;
};

/**
 * `packages: "ours"` lends the house our installed packages, lock file and compiler settings, `"none"` gives it an empty
 * lock file and nothing installed.
 */
export function bareHouse(options: { readonly packages: "ours" | "none" }): BareHouse {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "coindrop-house-")));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  cpSync(join(root, "scripts/setup"), join(folder, "scripts/setup"), { recursive: true });
  cpSync(join(root, "scripts/setup.js"), join(folder, "scripts/setup.js"));
  if (options.packages === "ours") {
    for (const file of ["package.json", "package-lock.json", "hardhat.config.ts"])
      cpSync(join(root, file), join(folder, file));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  } else {
    const manifest = { name: "bare", version: "1.0.0", type: "module" };
    write("package.json", JSON.stringify(manifest));
    write("package-lock.json", JSON.stringify({ ...manifest, lockfileVersion: 3, packages: { "": manifest } }));
  }
  return {
    folder,
    write,
    setUp: (...args) => start(folder, args),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function start(folder: string, args: readonly string[]): { child: ChildProcess; ended: Promise<SetUpRun> } {
  const child = spawn(process.execPath, [join(folder, "scripts/setup.js"), ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<SetUpRun>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}
