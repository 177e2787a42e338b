/** One set-up at a time in one folder: two of them would write the same files. */

import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";

/** Milliseconds between two looks at another's lock. */
const POLL = 200;
/** Milliseconds between two signs of life of the holder, and after how many without one a lock is dead. */
const BEAT = 5_000;
const DEAD_AFTER = 60_000;

/**
 * Runs `work` while holding `.coindrop/setup.lock`, waiting for whoever holds it. A lock whose process is gone, or that
 * shows no sign of life for a minute (another machine or container, on a shared folder), is taken over.
 *
 * @template T
 * @param {string} root @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(root, work) {
  const lock = path.join(root, ".coindrop", "setup.lock");
  mkdirSync(path.dirname(lock), { recursive: true });
  const own = JSON.stringify({ pid: process.pid, host: hostname() });
  await acquire(lock, own);
  const beat = setInterval(() => {
    try {
      if (readFileSync(lock, "utf8") === own) utimesSync(lock, new Date(), new Date());
    } catch {
      // Somebody removed the lock: no reason for a running set-up to end.
    }
  }, BEAT);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    release(lock, own);
  }
}

/** Removes the lock if it is still ours. @param {string} lock @param {string} own */
function release(lock, own) {
  try {
    if (readFileSync(lock, "utf8") === own) rmSync(lock, { force: true });
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** @param {string} lock @param {string} text */
async function acquire(lock, text) {
  // The content is written before the name appears, so that no one ever reads half a lock.
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, text);
  let said = false;
  try {
    while (!tryLink(own, lock)) {
      const holder = readHolder(lock);
      if (holder === undefined) continue;
      if (isDead(holder)) {
        takeAway(lock, holder.text);
        continue;
      }
      if (!said) console.error(`set-up: another one runs in this folder (process ${holder.pid}), waiting for it …`);
      said = true;
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** @param {string} own @param {string} lock */
function tryLink(own, lock) {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * @param {string} lock
 * @returns {{ pid: number, host: string, text: string, age: number } | undefined} `undefined` when it is gone.
 */
function readHolder(lock) {
  try {
    const text = readFileSync(lock, "utf8");
    const age = Date.now() - statSync(lock).mtimeMs;
    const { pid, host } = JSON.parse(text);
    return { pid, host, text, age };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {{ pid: number, host: string, age: number }} holder */
function isDead({ pid, host, age }) {
  if (age > DEAD_AFTER) return true;
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

/** Removes a dead lock; one that was renewed between the look and the removal is put back. @param {string} lock @param {string} seen */
function takeAway(lock, seen) {
  const aside = `${lock}.${process.pid}.dead`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (readFileSync(aside, "utf8") !== seen) tryLink(aside, lock);
  rmSync(aside, { force: true });
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
