/** Starts Chromium for a test. */

import { type Browser, chromium } from "@playwright/test";
import { findChromium } from "./findChromium.ts";

/** What keeps Chromium from calling its makers, and lets it run as root in a container without a graphics card. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-default-apps",
  "--disable-dev-shm-usage",
];

/**
 * A headless Chromium; close it in `afterAll`. `npm test` has made sure that there is one; a test started by hand on a
 * machine without says how to get it.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("no Chromium here: `npm test -- e2e` installs one");
  return await chromium.launch({ executablePath, args: FLAGS });
}
