import type { Finding } from "./finding.ts";
import { care, good, mend } from "./finding.ts";

const tolerance = 120;

/**
 * Compares the machine's clock with the newest block's time, both in seconds since 1970. `fresh`: whether the block
 * appeared while somebody looked; an old one may only mean that the chain stands still.
 */
export function checkClock(machine: number, block: number, fresh: boolean): Finding {
  const apart = Math.round(machine - block);
  if (apart < -tolerance)
    return mend("clock", `this machine's clock is ${inWords(-apart)} behind the chain's`, "Set the clock (NTP).");
  if (apart <= tolerance) return good("clock", `agrees with the chain's within ${Math.abs(apart)} s`);
  if (fresh)
    return mend("clock", `this machine's clock is ${inWords(apart)} ahead of the chain's`, "Set the clock (NTP).");
  return care(
    "clock",
    `the newest block is ${inWords(apart)} old`,
    "Either the chain stands still, or this machine's clock is ahead: compare it with another one.",
  );
}

function inWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
