import { Worker } from "node:worker_threads";

/**
 * Ends this process when its parent is gone, even while native code or a chat template keeps the main thread busy.
 *
 * A disconnected channel is only noticed by a free event loop, so a worker with a loop of its own watches the
 * parent's process id and kills outright.
 */
export function watchParent(): void {
  process.on("disconnect", () => process.exit(0));
  // It may have gone before anybody listened; then the id below is already another's.
  if (!process.connected) process.exit(0);
  const worker = new Worker(watcher, { eval: true, workerData: process.ppid });
  worker.unref();
  worker.on("error", () => undefined);
}

const watcher = `
const { workerData: parent } = require("node:worker_threads");
setInterval(() => {
  let gone = process.ppid !== parent;
  try { process.kill(parent, 0); } catch (error) { gone ||= error.code === "ESRCH"; }
  if (gone) process.kill(process.pid, "SIGKILL");
}, 1000);
`;
