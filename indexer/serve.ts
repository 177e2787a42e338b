import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { BaseError, RetryableError, shortMessageOf } from "#protocol/errors.ts";
import type { Ready } from "#protocol/http.ts";
import { createApi } from "./api/createApi.ts";
import { createRoutes } from "./api/routes.ts";
import { joinEndpoints } from "./chain/endpoints.ts";
import type { FollowStatus } from "./chain/follow.ts";
import { createFollower } from "./chain/follow.ts";
import { createNotices } from "./chain/notices.ts";
import { createRpc } from "./chain/rpc.ts";
import { createManifestFetcher } from "./manifests/createManifestFetcher.ts";
import type { HiddenReason } from "./manifests/readHidden.ts";
import { project } from "./project/project.ts";
import { databaseName, openBackend } from "./store/openBackend.ts";
import { standIn } from "./store/standIn.ts";
import type { Store } from "./store/store.ts";
import { createStore } from "./store/store.ts";
import { createHub } from "./stream/hub.ts";
import { tell } from "./stream/tell.ts";
import { createManifestReader } from "./views/manifests.ts";

export type ServeOptions = {
  /** Endpoints of one chain: the first is asked first, the others are compared with it and stand in for it. */
  readonly rpcUrls: readonly string[];
  /** How long an endpoint may take; 10 s where it is not given. */
  readonly rpcTimeoutMs?: number | undefined;
  /** Blocks between two comparisons with the contracts' own tallies; 0 for none, 64 where it is not given. */
  readonly auditBlocks?: number | undefined;
  readonly factory: Hex;
  readonly nodeRegistry: Hex;
  /** Database file, ":memory:", or the address of a Postgres. */
  readonly file: string;
  /** Whether it only serves what another process writes. */
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
  readonly status: () => FollowStatus;
  readonly close: () => Promise<void>;
};

/** A chain that was not heard of for this long, or for five looks, is away. */
const AWAY_MS = 5_000;
const AUDIT_BLOCKS = 64;

/** Starts the indexer: opens the database, serves what is in it, follows the chain. */
export async function serve(options: ServeOptions): Promise<Indexer> {
  const { log } = options;
  const store = createStore({ backend: openBackend(options.file, { resync: options.resync ?? false }), project, tell });
  await mustFit(store);
  const notices = createNotices();
  const rpcs = options.rpcUrls.map((url) => createRpc(url, options.rpcTimeoutMs));
  const rpc = rpcs.length === 1 && rpcs[0] !== undefined ? rpcs[0] : joinEndpoints(rpcs, notices);
  const hub = createHub({
    read: store.read,
    onError: (error) => log.warn({ problem: shortMessageOf(error) }, "stream"),
  });
  const manifests = createManifestFetcher({ ...options, store, now: Date.now, onChange: () => void hub.publish() });
  const follower = createFollower({
    ...options,
    chainId: options.chainId,
    file: databaseName(options.file),
    // Final is only what was compared: not rarer than blocks become final.
    auditBlocks: Math.min(options.auditBlocks ?? AUDIT_BLOCKS, Math.max(1, options.finalityDepth)),
    notices,
    rpc,
    store,
    now: Date.now,
    onChange() {
      void hub.publish();
      manifests.wake();
    },
  });
  const app = await createApi({
    routes: createRoutes(createManifestReader(options.hidden)),
    read: store.read,
    hub,
    requestsPerMinute: options.requestsPerMinute ?? 0,
    proxies: options.proxies ?? 0,
    vitals: async () => {
      const { head } = follower.status();
      const standing = await store.standing();
      const [indexed, finalized] = [standing?.block ?? null, standing?.finalized ?? null];
      return { head, indexed, finalized, notices, listeners: hub.listeners() };
    },
    ready: () => readiness(store, follower.status(), Math.max(AWAY_MS, 5 * options.pollMs)),
    onError: (error, url) => log.error({ err: error, url }, "request failed"),
  });

  const stop = new AbortController();
  async function close(): Promise<void> {
    stop.abort();
    hub.close();
    await Promise.all([app.close(), rpc.close(), working]);
    await store.close();
  }

  let working: Promise<unknown> = Promise.resolve();
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await close();
    throw portError(error, options);
  }
  const unwatch = store.watch(() => void hub.publish());
  async function work(): Promise<void> {
    const leads = !options.readOnly && (await standIn(store, stop.signal, (reason) => log.info({ reason }, "waiting")));
    if (!leads) return aborted(stop.signal);
    fetching = manifests.run(stop.signal);
    await follower.run(stop.signal);
  }
  let fetching: Promise<void> | undefined;
  const following = work();
  working = Promise.allSettled([following]).then(() => Promise.allSettled([fetching, unwatch()]));
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://${options.host}:${port}`, stopped: following, status: follower.status, close };
}

/** Throws `NewerDatabaseError` when a newer program changed the tables. A database that does not answer is waited for later. */
async function mustFit(store: Store): Promise<void> {
  try {
    await store.check();
  } catch (error) {
    if (error instanceof RetryableError) return;
    await store.close();
    throw error;
  }
}

async function readiness(store: Store, { head, seenAt, problem }: FollowStatus, awayMs: number): Promise<Ready> {
  const [standing, away] = await store.standing().then(
    (found) => [found, null] as const,
    (error: unknown) => [undefined, shortMessageOf(error)] as const,
  );
  const base = { chainId: standing?.chainId ?? null, head, indexed: standing?.block ?? null };
  const behind = () => (base.indexed === null ? "Nothing is indexed yet." : null);
  const reason = away ?? (store.leads() ? reasonNotReady(base, { seenAt, problem }, awayMs) : behind());
  return { ready: reason === null, ...base, reason };
}

function reasonNotReady(
  { head, indexed }: Pick<Ready, "head" | "indexed">,
  { seenAt, problem }: Pick<FollowStatus, "seenAt" | "problem">,
  awayMs: number,
): string | null {
  if (problem !== null) return problem;
  if (head === null || indexed === null || seenAt === null) return "The chain was not reached yet.";
  if (Date.now() - seenAt > awayMs) return "The chain's endpoint does not answer.";
  if (indexed < head) return `Block ${indexed} of ${head} is indexed.`;
  return null;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
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
