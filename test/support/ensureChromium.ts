/** Set-up of the e2e project: a Chromium is there before the first browser test starts. */

import { ensureChromium } from "./findChromium.ts";

/** Called once by vitest. */
export function setup(): void {
  ensureChromium((line) => console.log(line));
}
