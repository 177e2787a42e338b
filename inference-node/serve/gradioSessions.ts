import { ApiError, ClientGoneError } from "./apiError.ts";
import type { Caller } from "./caller.ts";
import type { HostedEntry } from "./hostedEntry.ts";

type GradioQuestion = { readonly entry: HostedEntry; readonly message: string; readonly caller: Caller };
export type GradioJob = GradioQuestion & { readonly id: string; readonly stop: AbortController };

type Listener = {
  /** Answers one job; never throws. */
  readonly run: (job: GradioJob) => Promise<void>;
  /** Called when a session has nothing more to hear. */
  readonly onIdle: () => void;
};

/** Questions that were asked and whose answers somebody comes, or came, to hear. */
type GradioSessions = {
  /** A question in a session: answered at once where somebody listens, else when somebody does. Returns its id. */
  readonly join: (session: string, question: GradioQuestion) => string;
  readonly listen: (session: string, gone: AbortSignal, listener: Listener) => void;
  /** A question of no session. Returns its id. */
  readonly keep: (question: GradioQuestion) => string;
  /** That question, once. */
  readonly fetch: (id: string) => GradioJob | undefined;
  readonly cancel: (id: string) => void;
};

/** Milliseconds that a question waits for somebody to hear its answer. */
const patienceMs = 60_000;
/** Questions that wait so, of one network and of all. */
const mostOfOne = 32;
const mostWaiting = 1_000;

export function createGradioSessions({
  newId,
  now,
}: {
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}): GradioSessions {
  const waiting = new Map<string, { readonly job: GradioJob; readonly session: string | null; readonly at: number }>();
  const running = new Map<string, GradioJob>();
  const listening = new Map<string, (job: GradioJob) => void>();

  const jobFor = (question: GradioQuestion): GradioJob => ({ ...question, id: newId(), stop: new AbortController() });

  const wait = (job: GradioJob, session: string | null): void => {
    for (const [id, { at }] of waiting) if (now() - at > patienceMs) waiting.delete(id);
    const own = [...waiting.values()].filter((other) => other.job.caller.network === job.caller.network).length;
    if (own >= mostOfOne || waiting.size >= mostWaiting) {
      throw new ApiError(503, "Too many calls wait here for somebody to hear their answers.", {
        code: "queue_full",
        retryAfter: 10,
      });
    }
    waiting.set(job.id, { job, session, at: now() });
  };

  return {
    join(session, question) {
      const job = jobFor(question);
      const listener = listening.get(session);
      if (listener === undefined) wait(job, session);
      else listener(job);
      return job.id;
    },
    listen(session, gone, { run, onIdle }) {
      const jobs = new Set<GradioJob>();
      const start = (job: GradioJob): void => {
        jobs.add(job);
        running.set(job.id, job);
        void run(job).finally(() => {
          running.delete(job.id);
          jobs.delete(job);
          if (jobs.size > 0) return;
          if (listening.get(session) === start) listening.delete(session);
          onIdle();
        });
      };
      gone.addEventListener(
        "abort",
        () => {
          if (listening.get(session) === start) listening.delete(session);
          for (const job of jobs) job.stop.abort(new ClientGoneError());
        },
        { once: true },
      );
      listening.set(session, start);
      const found = [...waiting.values()].filter((place) => place.session === session);
      for (const { job } of found) {
        waiting.delete(job.id);
        start(job);
      }
      if (found.length > 0) return;
      listening.delete(session);
      onIdle();
    },
    keep(question) {
      const job = jobFor(question);
      wait(job, null);
      return job.id;
    },
    fetch(id) {
      const place = waiting.get(id);
      if (place === undefined || place.session !== null) return undefined;
      waiting.delete(id);
      running.set(id, place.job);
      return place.job;
    },
    cancel(id) {
      waiting.delete(id);
      running.get(id)?.stop.abort(new ClientGoneError());
      running.delete(id);
    },
  };
}
