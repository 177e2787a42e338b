/** Finds the theorem prover z3, or installs it. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** The program and what it says it is, or why there is none. */
export type FoundZ3 = { readonly file: string; readonly version: string } | { readonly missing: string };

const HOW = "install z3 (Debian: `apt-get install z3`, macOS: `brew install z3`) or name it in Z3_PATH";

const INSTALL = [
  ["apt-get", "update", "-qq"],
  ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "z3"],
] as const;

/**
 * Looks at Z3_PATH and PATH; as root on Debian it is installed from the system's packages where it is missing. `say` gets a
 * line when that happens.
 */
export function findZ3(say: (line: string) => void): FoundZ3 {
  const named = process.env.Z3_PATH;
  if (named !== undefined && named !== "")
    return versionOf(named) ?? { missing: `Z3_PATH names "${named}", which does not answer as z3` };
  const found = versionOf("z3");
  if (found !== undefined) return found;
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) return { missing: `no z3 here: ${HOW}` };
  say("installing z3 from Debian's packages; this happens once");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const [file, ...args] of INSTALL) spawnSync(file, args, { stdio: "ignore", env });
  return versionOf("z3") ?? { missing: `no z3 here, and apt-get could not install it: ${HOW}` };
}

function versionOf(file: string): FoundZ3 | undefined {
  const { status, stdout } = spawnSync(file, ["--version"], { encoding: "utf8" });
  return status === 0 && stdout.startsWith("Z3") ? { file, version: stdout.trim() } : undefined;
}
