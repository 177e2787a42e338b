/** What a worker is asked, and what it answers. */

import { z } from "zod";

export const Trial = z.object({
  /** Texts of contracts that differ from those of the house, by path. */
  sources: z.record(z.string(), z.string()),
  /** Names of test suites in the order in which they are run; all when left out. */
  suites: z.array(z.string()).optional(),
  /** Only tests whose name matches. */
  pattern: z.string().optional(),
  /** Tests that do not count: they fail without any change. */
  ignored: z.array(z.string()),
  /** Whether to stop after the first suite in which a test fails. */
  untilRed: z.boolean(),
});
export type Trial = Readonly<z.infer<typeof Trial>>;

export const Answer = z.object({
  /** What the compiler says against the sources; then nothing was run. */
  refused: z.string().optional(),
  /** `Suite test` of each failed one. */
  failed: z.array(z.string()),
  passed: z.array(z.string()),
  /** Milliseconds that each suite took. */
  took: z.record(z.string(), z.number()),
});
export type Answer = Readonly<z.infer<typeof Answer>>;
