/** The contracts that state what is to be proved, and what is known to stay undecided. */

import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { root } from "../tool/root.ts";
import type { Obligation, Proof } from "./proveContract.ts";

const Undecided = z.array(z.object({ contract: z.string(), claim: z.string(), why: z.string() }));

/** Files of `test/proofs`, each with one contract of the same name. */
export function proofFiles(): readonly { readonly file: string; readonly contract: string }[] {
  return globSync("test/proofs/*.sol", { cwd: root })
    .sort()
    .map((file) => ({ file, contract: basename(file, ".sol") }));
}

/** Why z3 is expected to leave `obligation` undecided; `undefined` when nothing says so. Source: test/proofs/undecided.json. */
export function whyUndecided(contract: string, obligation: Obligation): string | undefined {
  const listed = Undecided.parse(JSON.parse(readFileSync(join(root, "test/proofs/undecided.json"), "utf8")));
  return listed.find((item) => item.contract === contract && item.claim === obligation.claim)?.why;
}

/** What keeps `proof` from passing: violations, and undecided obligations that nobody listed. */
export function faultsOf({ contract, obligations }: Proof): readonly string[] {
  return obligations
    .filter((one) => one.verdict !== "proved" && !(one.verdict === "undecided" && whyUndecided(contract, one)))
    .map(({ verdict, place, kind, claim }) => `${verdict}: ${kind} at ${place}: ${claim}`);
}
