/** The patches that take one defence out each. */

import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { root } from "../tool/root.ts";

/** `red`: the tests, `Suite test_name`, that must fail without the defence. `what`: what is then possible. */
export type ThreatPatch = {
  readonly name: string;
  readonly threat: number;
  readonly what: string;
  readonly red: readonly string[];
  readonly text: string;
};

/** All patches of test/threats, by number. Throws when one's head does not say its threat and its tests. */
export function readThreatPatches(): readonly ThreatPatch[] {
  return globSync("test/threats/*.patch", { cwd: root })
    .sort()
    .map((file) => {
      const text = readFileSync(join(root, file), "utf8");
      const [, threat, what] = /^Threat (\d+): (.+)\.$/m.exec(text) ?? [];
      const red = [...text.matchAll(/^Red: (\S+ \S+)$/gm)].map(([, test = ""]) => test);
      if (threat === undefined || what === undefined || red.length === 0)
        throw new Error(`${file} does not begin with "Threat N: what." and a line "Red: Suite test" for each test`);
      return { name: basename(file, ".patch"), threat: Number(threat), what, red, text };
    });
}

/** Texts of the contracts that the patch changes, by path; what git says when it does not apply. */
export function patchedSources({ text }: ThreatPatch): Readonly<Record<string, string>> | string {
  const copy = mkdtempSync(join(tmpdir(), "coindrop-threat-"));
  try {
    cpSync(join(root, "contracts"), join(copy, "contracts"), { recursive: true });
    const { status, stderr } = spawnSync("git", ["apply", "-p1", "-"], { cwd: copy, input: text, encoding: "utf8" });
    if (status !== 0) return stderr.trim();
    const files = [...text.matchAll(/^\+\+\+ b\/(\S+)$/gm)].map(([, file = ""]) => file);
    return Object.fromEntries(files.map((file) => [file, readFileSync(join(copy, file), "utf8")]));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
