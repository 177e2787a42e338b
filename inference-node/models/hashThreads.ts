import { Worker } from "node:worker_threads";
import type { Hex } from "viem";
import type { HashJob, HashNews, HashTask } from "./hashWorker.ts";

type Hashed = { readonly bytes: number; readonly hash: Hex };

/** Two threads for one file at a time: the first reads and hashes it whole, the second hashes its pieces. */
export type HashThreads = {
  /** `onProgress`: bytes hashed. Returns what the first and the second found. */
  readonly hash: (job: HashJob, onProgress?: (bytes: number) => void) => Promise<readonly [Hashed, Hashed]>;
  /** After work that went well. */
  readonly giveBack: () => void;
  /** At any time; work under way stays unfinished. */
  readonly end: () => Promise<void>;
};

const chunkBytes = 1_048_576;
/** Chunks between the one who reads and the one who follows. */
const slots = 8;
/** Milliseconds that threads without work stay: starting them takes as long as hashing 200 MB. */
const patience = 5_000;

let spare: { readonly threads: HashThreads; readonly timer: NodeJS.Timeout } | null = null;

/** Those that were given back a moment ago, or new ones. */
export function takeThreads(): HashThreads {
  if (spare === null) return createThreads();
  const { threads, timer } = spare;
  clearTimeout(timer);
  spare = null;
  return threads;
}

function createThreads(): HashThreads {
  const ring = new SharedArrayBuffer(slots * chunkBytes);
  const counters = new SharedArrayBuffer((2 + slots) * Int32Array.BYTES_PER_ELEMENT);
  const start = (task: HashTask["task"]): Worker => {
    const workerData: HashTask = { task, ring, counters, chunkBytes, slots };
    return new Worker(new URL("./hashWorker.ts", import.meta.url), { workerData, env: {} });
  };
  const workers = [start("whole"), start("pieces")] as const;

  const threads: HashThreads = {
    async hash(job, onProgress = () => undefined) {
      new Int32Array(counters).fill(0);
      const [reader, follower] = workers;
      return await Promise.all([ask(reader, job, onProgress), ask(follower, job, () => undefined)]);
    },
    giveBack() {
      if (spare !== null) return void threads.end();
      // Neither they nor the wait for more work keep a process alive.
      for (const worker of workers) worker.unref();
      const timer = setTimeout(() => {
        spare = null;
        void threads.end();
      }, patience).unref();
      spare = { threads, timer };
    },
    async end() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
  return threads;
}

function ask(worker: Worker, job: HashJob, onProgress: (bytes: number) => void): Promise<Hashed> {
  const { promise, resolve, reject } = Promise.withResolvers<Hashed>();
  worker.ref();
  worker.removeAllListeners();
  worker.on("message", ({ bytes, hash }: HashNews) => {
    if (hash === null) onProgress(bytes);
    else resolve({ bytes, hash });
  });
  worker.once("error", reject);
  worker.once("exit", (code) => reject(new Error(`hashing ${job.path} ended with code ${code}`)));
  worker.postMessage(job);
  return promise;
}
