import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { shortMessageOf } from "#protocol/errors.ts";
import { bareHex } from "#protocol/hashing.ts";
import { MAX_MANIFEST_BYTES } from "#protocol/manifest.ts";
import { monotonic } from "../monotonic.ts";
import { entries, nodes } from "../project/tables.ts";
import { putRow } from "../store/backend.ts";
import type { Store } from "../store/store.ts";
import type { ManifestRow } from "../store/tables.ts";
import { manifests, position } from "../store/tables.ts";
import { appendMessages } from "../stream/messages.ts";
import { PATIENCE } from "../views/manifests.ts";
import { BadManifestError, SourceError } from "./errors.ts";
import { fetchBytes } from "./fetchBytes.ts";
import { readManifest } from "./readManifest.ts";

export type ManifestFetcherOptions = {
  readonly store: Store;
  readonly manifestBases: readonly string[];
  readonly allowPrivate: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called after a manifest's state changed. */
  readonly onChange: () => void;
  readonly log: Logger;
  /** Milliseconds for one source. */
  readonly timeoutMs?: number;
};

const AT_ONCE = 8;
/** A place is free again this long after a failure, so that a thousand dead sources do not keep the process busy. */
const REST_MS = 100;
const SOURCES_TRIED = 8;
/** Pause after the database did not answer, or while it does not know all entries yet. */
const RETRY_MS = 1_000;
const LONGEST_DELAY_MS = 600_000;
/** Attempts in quick succession: a node that starts just now will have it soon. */
const QUICK_ATTEMPTS = 20;

/**
 * Fetches the manifests of all entries, by content: any source will do whose bytes have the right hash. Failures are
 * tried again for ever, with growing pauses, unless the manifest itself breaks the rules.
 */
export function createManifestFetcher(options: ManifestFetcherOptions) {
  const { store, manifestBases, allowPrivate, now, onChange, log } = options;
  const { timeoutMs = 10_000 } = options;
  /** What is wanted and not being fetched now: attempts so far, and when the next is due (`monotonic`). */
  const wanted = new Map<Hex, { readonly attempts: number; readonly due: number }>();
  const inFlight = new Map<Hex, Promise<void>>();
  let wakeUp = () => {};
  let isStale = true;

  /** Learns from the entries which manifests are wanted. Returns whether the database knows all entries already. */
  async function look(): Promise<boolean> {
    const found = await store.read(async (rows) => {
      if ((await rows.get(position, [1]))?.complete !== 1) return undefined;
      return rows.list(
        `SELECT DISTINCT e."manifestHash", m."attempts" FROM "entries" e
         LEFT JOIN "manifests" m ON m."manifestHash" = e."manifestHash"
         WHERE m."manifestHash" IS NULL OR (m."body" IS NULL AND m."nextAttempt" IS NOT NULL)`,
      );
    });
    if (found === undefined) return false;
    const before = new Map(wanted);
    wanted.clear();
    for (const [cell, attempts] of found) {
      const hash = cell as Hex;
      const known = before.get(hash);
      // One in flight says itself whether it is wanted again; one that failed just now and rests has said so.
      if (known === undefined && inFlight.has(hash)) continue;
      wanted.set(hash, known ?? { attempts: Number(attempts ?? 0), due: monotonic() });
    }
    return true;
  }

  /** Milliseconds until the next attempt is due. */
  function untilDue(): number {
    let next = monotonic() + LONGEST_DELAY_MS;
    for (const { due } of wanted.values()) next = Math.min(next, due);
    return Math.max(next - monotonic(), 50);
  }

  /** Where a manifest may be: configured places, active nodes, and what the entries themselves say. */
  async function sourcesOf(manifestHash: Hex): Promise<string[]> {
    const [named, staying] = await store.read((rows) =>
      Promise.all([
        rows.select(entries, `"manifestHash" = ? ORDER BY "contest", "entryId"`, manifestHash),
        rows.select(nodes, `"leavesAt" IS NULL ORDER BY "registeredBlock" LIMIT ?`, SOURCES_TRIED),
      ]),
    );
    const bases = [...manifestBases, ...staying.map(({ endpoint }) => endpoint)];
    return [
      ...bases.map((base) => `${base.replace(/\/+$/, "")}/manifests/${bareHex(manifestHash)}`),
      ...new Set(named.map(({ manifestURI }) => manifestURI).slice(0, SOURCES_TRIED)),
    ];
  }

  async function attempt(manifestHash: Hex, before: number, signal: AbortSignal): Promise<void> {
    const attempts = before + 1;
    try {
      const body = await fromAnySource(manifestHash, signal);
      await keep({ manifestHash, body, reason: null, attempts, nextAttempt: null });
    } catch (error) {
      if (signal.aborted) return;
      const reason = shortMessageOf(error);
      log.warn({ manifestHash, attempts, reason }, "manifest not available");
      const final = error instanceof BadManifestError;
      const delay = delayAfter(attempts);
      if (!final) wanted.set(manifestHash, { attempts, due: monotonic() + delay });
      // Kept is only what a reader would see another state of.
      if (final || attempts === PATIENCE)
        await keep({ manifestHash, body: null, reason, attempts, nextAttempt: final ? null : now() + delay });
      await pause(REST_MS, undefined, { signal }).catch(() => {});
    }
  }

  async function keep(row: ManifestRow): Promise<void> {
    await store.write(async (rows) => {
      const named = await rows.select(entries, `"manifestHash" = ?`, row.manifestHash);
      const said = named.map(({ contest, entryId }) => ({ kind: "manifest", contest, entryId }) as const);
      return [putRow(manifests, row), ...(await appendMessages(rows, said))];
    });
    onChange();
  }

  /** Asks all sources at once, so that a slow one is in nobody's way. Throws what one of them said. */
  async function fromAnySource(manifestHash: Hex, signal: AbortSignal): Promise<string> {
    const found = new AbortController();
    const limits = {
      maxBytes: MAX_MANIFEST_BYTES,
      timeoutMs,
      allowPrivate,
      signal: AbortSignal.any([signal, found.signal]),
    };
    const urls = (await sourcesOf(manifestHash)).flatMap((source) => URL.parse(source) ?? []);
    if (urls.length === 0) throw new SourceError("No source is known.");
    try {
      return await Promise.any(urls.map(async (url) => readManifest(await fetchBytes(url, limits), manifestHash)));
    } catch (error) {
      const problems: unknown[] = error instanceof AggregateError ? error.errors : [error];
      throw problems.find((problem) => problem instanceof BadManifestError) ?? problems.at(-1);
    } finally {
      found.abort();
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Whoever calls `wake` from here on is heard: nothing is looked for before it.
      const sleeping = createSleep(signal);
      try {
        if (isStale) isStale = !(await look());
        startDue(signal);
        sleeping.until(isStale ? RETRY_MS : untilDue());
      } catch (error) {
        log.warn({ problem: shortMessageOf(error) }, "the database does not say which manifests are wanted");
        isStale = true;
        sleeping.until(RETRY_MS);
      }
      await sleeping.over;
    }
    await Promise.allSettled(inFlight.values());
  }

  function startDue(signal: AbortSignal): void {
    for (const [hash, { attempts, due }] of wanted) {
      if (inFlight.size >= AT_ONCE) return;
      if (due > monotonic() || inFlight.has(hash)) continue;
      wanted.delete(hash);
      const task = attempt(hash, attempts, signal)
        .catch((error: unknown) => {
          log.warn({ hash, problem: shortMessageOf(error) }, "manifest not kept");
          isStale = true;
        })
        .finally(() => {
          inFlight.delete(hash);
          wakeUp();
        });
      inFlight.set(hash, task);
    }
  }

  function createSleep(signal: AbortSignal) {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    let timer: NodeJS.Timeout | undefined;
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    wakeUp = done;
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
    return {
      over,
      until(milliseconds: number) {
        timer = setTimeout(done, milliseconds);
        void over.then(() => clearTimeout(timer));
      },
    };
  }

  return {
    run,
    /** Says that there may be new entries. */
    wake(): void {
      isStale = true;
      wakeUp();
    },
  };
}

/** Milliseconds to wait after so many attempts. */
function delayAfter(attempts: number): number {
  if (attempts <= QUICK_ATTEMPTS) return Math.min(500 * 2 ** (attempts - 1), 2_000);
  return Math.min(2_000 * 2 ** (attempts - QUICK_ATTEMPTS), LONGEST_DELAY_MS);
}
