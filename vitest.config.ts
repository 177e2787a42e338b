/** The TypeScript tests, one project a folder of `test/`. `npm test` runs them all; see scripts/test.ts. */

import { defineConfig } from "vitest/config";

/** Milliseconds that a test and its hooks may take: a unit is quick, whole processes and models are not. */
const SHORT = 30_000;
const LONG = 240_000;
/** Whole processes and browsers on a busy machine get a second try; `npm test` names those that needed it. */
const AGAIN = { retry: 1 };

export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      project("unit", SHORT),
      project("parity", LONG),
      project("integration", LONG, AGAIN),
      // One browser story at a time: each starts the whole house.
      project("e2e", LONG, { ...AGAIN, globalSetup: "test/support/ensureChromium.ts", fileParallelism: false }),
    ],
  },
});

function project(
  name: string,
  timeout: number,
  more: { retry?: number; globalSetup?: string; fileParallelism?: boolean } = {},
) {
  return {
    extends: true as const,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`],
      testTimeout: timeout,
      hookTimeout: timeout,
      teardownTimeout: SHORT,
      ...more,
    },
  };
}
