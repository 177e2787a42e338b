import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hashFileOnDisk } from "../../inference-node/models/fileHash.ts";
import { writeNoise } from "../support/noiseFile.ts";

export type VerificationFigures = {
  /** Speed of ours over that of `openssl dgst -sha256`: medians, alternated on one file. Null without openssl. */
  readonly verifyRatio: number | null;
  readonly verifyMegabytesPerSecond: number;
  readonly opensslMegabytesPerSecond: number | null;
  /** Megabytes of memory that verifying the file took at most, in this process. */
  readonly verifyMemoryMegabytes: number;
};

/** Measures verification, SHA-256 and pieces root together, beside the command that only does the first. `bytes`: of the file. */
export async function measureVerification({ bytes = 1_073_741_824, rounds = 7 } = {}): Promise<VerificationFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), "coindrop-verify-"));
  try {
    const file = path.join(folder, "model");
    writeNoise(file, bytes);
    const [ours, theirs]: [number[], number[]] = [[], []];
    let peak = 0;
    const before = process.memoryUsage.rss();
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss() - before)), 20);
    await hashFileOnDisk(file);
    for (let round = 0; round < rounds; round++) {
      let began = performance.now();
      const { status } = spawnSync("openssl", ["dgst", "-sha256", file], { stdio: "ignore" });
      if (status === 0) theirs.push(performance.now() - began);
      began = performance.now();
      await hashFileOnDisk(file);
      ours.push(performance.now() - began);
    }
    clearInterval(watch);
    const speed = (milliseconds: number): number => Math.round(bytes / 1_000 / milliseconds);
    const beside = theirs.length === rounds ? median(theirs) : null;
    return {
      verifyRatio: beside === null ? null : Math.round((100 * beside) / median(ours)) / 100,
      verifyMegabytesPerSecond: speed(median(ours)),
      opensslMegabytesPerSecond: beside === null ? null : speed(beside),
      verifyMemoryMegabytes: Math.round(peak / 1e6),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
