/** A mutant as a person reads it. */

import { readContract } from "../solidity/compileContracts.ts";
import { type Mutant, mutated } from "./makeMutants.ts";

export type Change = {
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
};

/** The lines that differ, with single spaces. */
export function changeOf(mutant: Mutant): Change {
  const before = readContract(mutant.file).split("\n");
  const after = mutated(mutant).split("\n");
  let first = 0;
  while (before[first] === after[first]) first += 1;
  let last = 0;
  while (before.at(-1 - last) === after.at(-1 - last) && last < Math.min(before.length, after.length) - first - 1)
    last += 1;
  const words = (lines: readonly string[]) =>
    lines
      .slice(first, lines.length - last)
      .join(" ")
      .replace(/\s+/g, " ")
      .trim();
  return { file: mutant.file, line: first + 1, before: words(before), after: words(after) };
}
