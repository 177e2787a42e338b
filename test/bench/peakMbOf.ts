import { readFileSync } from "node:fs";

/** The most memory that a running process took, as Linux says, in MB. */
export function peakMbOf(pid: number | undefined): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1_024);
}
