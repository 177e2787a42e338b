import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "./apiError.ts";
import type { Caller } from "./caller.ts";
import type { FairQueue } from "./fairQueue.ts";
import { createFairQueue } from "./fairQueue.ts";
import type { HostedEntry } from "./hostedEntry.ts";

/** What one client may ask of a node, and all of them together. */
export type ServeLimits = {
  /** Requests that one network may have open at a time. */
  readonly maxOpenPerClient: number;
  readonly requestsPerMinute: number;
  /** Characters of all messages of a request together. */
  readonly maxPromptChars: number;
  /** An answer ends here, whatever its caller asks. */
  readonly maxOutputTokens: number;
  /** Milliseconds that answers under way may take when the node is told to stop. */
  readonly drainMs: number;
};

export const defaultServeLimits: ServeLimits = {
  maxOpenPerClient: 16,
  requestsPerMinute: 600,
  maxPromptChars: 262_144,
  maxOutputTokens: 4_096,
  drainMs: 10_000,
};

/** Decides who may ask now, and who is answered next. */
export type Admission = {
  /** Counts a request in. Returns what counts it out. Throws `ApiError` 429, or 503 while the node stops. */
  readonly enter: (caller: Caller) => () => void;
  /** Counts an HTTP answer in, whatever it is of. Returns what counts it out once its last byte is sent. */
  readonly track: () => () => void;
  readonly queueOf: (entry: HostedEntry) => FairQueue;
  readonly draining: () => boolean;
  /** Lets nobody in any more, and waits until every answer is sent, or for `drainMs`. */
  readonly drain: () => Promise<void>;
};

/** `credit`: milliseconds of a minute that may still be spent. */
type Client = { open: number; credit: number; at: number };

const minute = 60_000;

/** Clients remembered at a time; those at rest are forgotten first. */
const mostClients = 10_000;

export function createAdmission(options: {
  readonly limits: ServeLimits;
  /** Requests that may wait for one model. */
  readonly maxWaiting: number;
  /** Answers of one model that may be under way at a time; one where absent. */
  readonly parallel?: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
}): Admission {
  const { limits, now } = options;
  const queues = new WeakMap<HostedEntry["runner"], FairQueue>();
  const cost = minute / limits.requestsPerMinute;
  const clients = new Map<string, Client>();
  let open = 0;
  let draining = false;
  let onEmpty: () => void = () => undefined;

  const clientOf = (network: string): Client => {
    const client = clients.get(network) ?? { open: 0, credit: minute, at: now() };
    client.credit = Math.min(minute, client.credit + Math.max(0, now() - client.at));
    client.at = now();
    if (clients.size >= mostClients && !clients.has(network)) forget();
    return clients.set(network, client).get(network) ?? client;
  };
  const forget = (): void => {
    for (const [network, client] of clients) {
      if (client.open === 0) clients.delete(network);
      if (clients.size < mostClients / 2) return;
    }
  };

  return {
    enter({ network }) {
      if (draining) {
        throw new ApiError(503, "This node is shutting down.", { code: "shutting_down", retryAfter: 30 });
      }
      const client = clientOf(network);
      if (client.open >= limits.maxOpenPerClient) {
        throw new ApiError(
          429,
          `You have ${client.open} requests open here, and this node answers ${limits.maxOpenPerClient} of one client at a time.`,
          { code: "too_many_open_requests", retryAfter: 2 },
        );
      }
      if (client.credit < cost) {
        throw new ApiError(429, `This node takes ${limits.requestsPerMinute} requests a minute from one client.`, {
          code: "rate_limit_exceeded",
          retryAfter: Math.ceil((cost - client.credit) / 1000),
        });
      }
      client.credit -= cost;
      client.open += 1;
      return () => {
        client.open -= 1;
      };
    },
    track() {
      open += 1;
      return () => {
        open -= 1;
        if (open === 0) onEmpty();
      };
    },
    queueOf({ runner }) {
      const queue =
        queues.get(runner) ?? createFairQueue({ slots: options.parallel ?? 1, maxWaiting: options.maxWaiting });
      queues.set(runner, queue);
      return queue;
    },
    draining: () => draining,
    async drain() {
      draining = true;
      if (open === 0) return;
      const enough = new AbortController();
      const empty = new Promise<void>((done) => (onEmpty = done));
      await Promise.race([empty, sleep(limits.drainMs, undefined, { signal: enough.signal }).catch(() => undefined)]);
      enough.abort();
    },
  };
}
