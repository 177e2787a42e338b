/** What a run of tests came to; the note that a runner leaves for `npm test`. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

const Skipped = z.object({ name: z.string(), reason: z.string() });
const Outcome = z.object({
  passed: z.number().int().nonnegative(),
  /** Names and first words of the tests that failed. */
  failed: z.array(z.string()),
  skipped: z.array(Skipped),
  /** Those that passed only when tried again. */
  shaky: z.array(z.string()),
  /** What went wrong outside of any test: a file that could not be loaded, an error nobody awaited. */
  faults: z.array(z.string()),
});

export type Outcome = Readonly<z.infer<typeof Outcome>>;

/** Leaves the note. */
export function writeOutcome(file: string, outcome: Outcome): void {
  writeFileSync(file, JSON.stringify(outcome));
}

/** Reads the note, or returns `undefined` when the runner ended without leaving one. */
export function readOutcome(file: string): Outcome | undefined {
  return existsSync(file) ? Outcome.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}

/** The run's last line: `3 passed, 1 failed`, and how many were skipped if any. Faults count as failures. */
export function closingLine(outcomes: readonly Outcome[]): string {
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed.length + outcome.faults.length, 0);
  const skipped = outcomes.reduce((sum, outcome) => sum + outcome.skipped.length, 0);
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
