import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

/** Writes a file that is on the disk and in its cache, and not sparse. */
export function writeNoise(file: string, bytes: number): void {
  const chunk = Buffer.allocUnsafe(1_048_576);
  for (let at = 0; at < chunk.length; at += 4) chunk.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
  const opened = openSync(file, "w");
  for (let written = 0; written < bytes; ) {
    chunk.writeUInt32LE(written / chunk.length);
    written += writeSync(opened, chunk, 0, Math.min(chunk.length, bytes - written));
  }
  fsyncSync(opened);
  closeSync(opened);
}
