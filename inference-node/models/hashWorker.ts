/** A thread of `hashFileOnDisk`: one reads the file and hashes it whole, the other follows and hashes its pieces. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { Hex } from "viem";
import { prefixedHex } from "#protocol/hashing.ts";
import { createRootHasher } from "./pieceTree.ts";

/** What a thread is for as long as it lives. */
export type HashTask = {
  readonly task: "whole" | "pieces";
  readonly chunkBytes: number;
  readonly slots: number;
  /** `slots` chunks. */
  readonly ring: SharedArrayBuffer;
  /** Chunks filled, chunks done with, and the bytes in each slot. A chunk of no bytes ends the file. */
  readonly counters: SharedArrayBuffer;
};

/** Both threads get the same one, when the counters are zero. `size`: bytes. */
export type HashJob = { readonly path: string; readonly size: number };

/** Bytes hashed so far, and the hash at the end. */
export type HashNews = { readonly bytes: number; readonly hash: Hex | null };

/** Chunks between two words of how far it is. */
const newsEvery = 32;
const [filled, released, lengths] = [0, 1, 2];

const { task, chunkBytes, slots, ring, counters } = workerData as HashTask;
const counts = new Int32Array(counters);
const bytes = new Uint8Array(ring);

parentPort?.on("message", (job: HashJob) => tell(task === "whole" ? readAndHash(job) : follow(job)));

function readAndHash({ path }: HashJob): HashNews {
  const whole = createHash("sha256");
  const file = openSync(path, "r");
  try {
    let total = 0;
    for (let chunk = 0; ; chunk++) {
      while (chunk - Atomics.load(counts, released) >= slots) {
        Atomics.wait(counts, released, chunk - slots);
      }
      const slot = slotOf(chunk);
      const length = readSync(file, slot.place, 0, chunkBytes, null);
      Atomics.store(counts, lengths + slot.index, length);
      Atomics.store(counts, filled, chunk + 1);
      Atomics.notify(counts, filled);
      if (length === 0) return { bytes: total, hash: prefixedHex(whole.digest("hex")) };
      whole.update(slot.place.subarray(0, length));
      total += length;
      if (chunk % newsEvery === 0) tell({ bytes: total, hash: null });
    }
  } finally {
    closeSync(file);
  }
}

function follow({ size }: HashJob): HashNews {
  const pieces = createRootHasher(size);
  let total = 0;
  for (let chunk = 0; ; chunk++) {
    while (Atomics.load(counts, filled) <= chunk) Atomics.wait(counts, filled, chunk);
    const slot = slotOf(chunk);
    const length = Atomics.load(counts, lengths + slot.index);
    if (length === 0) return { bytes: total, hash: pieces.digest() };
    pieces.update(slot.place.subarray(0, length));
    total += length;
    Atomics.store(counts, released, chunk + 1);
    Atomics.notify(counts, released);
  }
}

function slotOf(chunk: number) {
  const index = chunk % slots;
  return { index, place: bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes) };
}

function tell(news: HashNews): void {
  parentPort?.postMessage(news);
}
