import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { BaseError, RetryableError, shortMessageOf } from "#protocol/errors.ts";
import { createAnswers } from "./api/createAnswers.ts";
import { createApi } from "./api/createApi.ts";
import { limitConnections, mostConnections } from "./api/limitConnections.ts";
import type { FollowStatus } from "./chain/follow.ts";
import { createNotices } from "./chain/notices.ts";
import { chainOptionsOf, createChainSide } from "./chainSide.ts";
import type { HiddenReason } from "./manifests/readHidden.ts";
import { onlyRead } from "./onlyRead.ts";
import { project } from "./project/project.ts";
import { createReadiness } from "./readiness.ts";
import { findOlder } from "./store/olderVersion.ts";
import { openBackend } from "./store/openBackend.ts";
import { createServed } from "./store/served.ts";
import type { Store } from "./store/store.ts";
import { createStore } from "./store/store.ts";
import { createHub } from "./stream/hub.ts";
import { tell } from "./stream/tell.ts";
import { createManifestReader } from "./views/manifests.ts";

export type ServeOptions = {
  /** Endpoints of one chain: the first is asked first, the others are compared with it. None where it only reads. */
  readonly rpcUrls: readonly string[];
  /** How long an endpoint may take; 10 s where it is not given. */
  readonly rpcTimeoutMs?: number | undefined;
  /** Blocks between two comparisons with the contracts' own tallies; 0 for none, 64 where it is not given. */
  readonly auditBlocks?: number | undefined;
  /** Needed unless it only reads; there they refuse a database of others. */
  readonly factory?: Hex | undefined;
  readonly nodeRegistry?: Hex | undefined;
  /** Database file, ":memory:", or the address of a Postgres. */
  readonly file: string;
  /** Whether it only serves what another process writes, and never looks at the chain. */
  readonly readOnly?: boolean;
  /** Whether a damaged file is put aside and a new one begun. */
  readonly resync?: boolean;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Refuses every other chain; undefined takes the endpoint's. */
  readonly chainId?: number | undefined;
  readonly fromBlock: number;
  readonly finalityDepth: number;
  readonly pollMs: number;
  /** Addresses under which `/manifests/<sha256>` is tried, beside the nodes and the entry's own. */
  readonly manifestBases: readonly string[];
  /** Whether manifests may come from private addresses and over plain http. */
  readonly allowPrivate: boolean;
  /** Requests from one address in a minute; 0 or absent for no limit. */
  readonly requestsPerMinute?: number | undefined;
  /** How many proxies in front are believed about who asks. */
  readonly proxies?: number | undefined;
  /** Entries whose words are not shown. */
  readonly hidden?: HiddenReason | undefined;
  readonly log: Logger;
};

export type Indexer = {
  readonly url: string;
  /** Rejects when the indexer met something that waiting cannot mend. */
  readonly stopped: Promise<void>;
  /** What it sees of the chain; undefined where it only reads. */
  readonly status: () => FollowStatus | undefined;
  readonly close: () => Promise<void>;
};

/** A chain that was not heard of for this long, or for five looks, is away. */
const AWAY_MS = 5_000;
const MOST_LISTENERS = 2_000;

/** Starts the indexer: opens the database, serves what is in it, follows the chain. */
export async function serve(options: ServeOptions): Promise<Indexer> {
  const { log, readOnly = false } = options;
  const store = createStore({
    backend: openBackend(options.file, { resync: options.resync ?? false, readOnly }),
    project,
    tell,
  });
  await mustFit(store);
  const awayMs = Math.max(AWAY_MS, 5 * options.pollMs);
  const onChange = () => void hub.publish();
  const served = createServed({ store, findOlder: () => findOlder(options.file), onChange });
  const most = mostConnections();
  const hub = createHub({
    read: served.read,
    // So that whoever only asks is not kept out by those who stay.
    mostListeners: Math.min(MOST_LISTENERS, most / 2),
    onError: (error) => log.warn({ problem: shortMessageOf(error) }, "stream"),
  });
  const settle = () => served.settle().catch((error) => log.warn({ problem: shortMessageOf(error) }, "switch"));
  const chain = readOnly ? undefined : createChainSide({ ...chainOptionsOf(options), awayMs, store, onChange, settle });
  const { ready, hear } = createReadiness({ store, served, status: () => chain?.status(), awayMs });
  const app = await createApi({
    answers: createAnswers(createManifestReader(options.hidden)),
    read: served.read,
    hub,
    requestsPerMinute: options.requestsPerMinute ?? 0,
    proxies: options.proxies ?? 0,
    vitals: async () => {
      const [{ head, indexed }, standing] = await Promise.all([ready(), store.standing()]);
      const notices = chain?.status().notices ?? createNotices();
      return { head, indexed, finalized: standing?.finalized ?? null, notices, listeners: hub.listeners() };
    },
    ready,
    onError: (error, url) => log.error({ err: error, url }, "request failed"),
  });

  limitConnections(app.server, most, log);
  const stop = new AbortController();
  async function close(): Promise<void> {
    stop.abort();
    hub.close();
    await Promise.all([app.close(), chain?.close(), working]);
    await served.close();
    await store.close();
  }

  let working: Promise<unknown> = Promise.resolve();
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await close();
    throw portError(error, options);
  }
  const unwatch = store.watch(() => {
    onChange();
    void hear();
    void settle();
  });
  const following = chain === undefined ? onlyRead(store, options, stop.signal) : chain.run(stop.signal);
  working = Promise.allSettled([following]).then(() => unwatch());
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    stopped: following,
    status: () => chain?.status(),
    close,
  };
}

/** Throws `NewerDatabaseError` when a newer program changed the tables. A database that does not answer is waited for. */
async function mustFit(store: Store): Promise<void> {
  try {
    await store.check();
  } catch (error) {
    if (error instanceof RetryableError) return;
    await store.close();
    throw error;
  }
}

function portError(error: unknown, { host, port }: ServeOptions): unknown {
  const code = (error as { readonly code?: unknown }).code;
  if (code === "EADDRINUSE") {
    return new BaseError(`Port ${port} on ${host} is taken.`, {
      metaMessages: ["Stop what listens there, name another with --port, or leave it out for a free one."],
      cause: error,
    });
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new BaseError(`This process cannot listen on ${host}, port ${port} (${code}).`, { cause: error });
  }
  return error;
}
