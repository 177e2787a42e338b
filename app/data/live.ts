import type { QueryClient } from "@tanstack/react-query";
import type { AppConfig } from "#protocol/config.ts";
import type { Answer } from "#protocol/endpoints.ts";
import type { StreamMessage } from "#protocol/http.ts";
import { pause } from "#protocol/pause.ts";
import { setClock } from "./clock.ts";
import { indexerOf } from "./indexer.ts";
import { keys } from "./keys.ts";
import { isDegraded, learn, readNetwork } from "./network.ts";
import type { Sourced } from "./queries.ts";

const askAgainMs = 3_000;
const readyPatienceMs = 4_000;
/** How long the indexer may lag before the page stops trusting it. */
const lagAllowedMs = 10_000;

/** What changes more of an entry than the message tells. */
const aboutEntries: ReadonlySet<string> = new Set(["submitted", "retracted", "challenged", "evidence", "ruled"]);

type Entries = Sourced<Answer<"entries">>;

/**
 * Follows the indexer's stream and keeps the cache true by it; notices when the indexer falls silent or behind, and then
 * follows the chain instead. Returns the way to stop.
 */
export function followLive(config: AppConfig, client: QueryClient): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let broken = false;
  let lagSince: number | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const listen = async (): Promise<void> => {
    const onOpen = () => {
      // What happened while the stream was broken may be more than is told again.
      if (broken) void client.invalidateQueries();
      broken = false;
      void check();
    };
    const onBreak = () => {
      broken = true;
      void check();
    };
    while (!signal.aborted) {
      try {
        const { events } = await indexerOf(config);
        for await (const { message } of events({ signal, onOpen, onBreak })) take(client, message);
      } catch {
        // An indexer of another version, or none at this address: what is on screen is asked for again from time to time.
        onBreak();
        await pause(askAgainMs * 3, signal);
      }
    }
  };

  const check = async () => {
    if (timer !== null) clearTimeout(timer);
    const wasDegraded = isDegraded(readNetwork());
    const state = await stateOf();
    if (signal.aborted) return;
    learn({ indexer: state });
    const nowDegraded = isDegraded(readNetwork());
    if (nowDegraded || readNetwork().rpc === "down") await followChain(config, client);
    if (wasDegraded !== nowDegraded) await client.invalidateQueries();
    if (signal.aborted) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(check, nowDegraded ? askAgainMs : askAgainMs * 3);
  };

  const stateOf = async (): Promise<"up" | "behind" | "down"> => {
    try {
      const indexer = await indexerOf(config);
      const ready = await indexer.ready({ signal, patienceMs: readyPatienceMs });
      if (ready.indexed !== null) learn({ indexed: ready.indexed });
      lagSince = ready.ready ? null : (lagSince ?? Date.now());
      return lagSince !== null && Date.now() - lagSince > lagAllowedMs ? "behind" : "up";
    } catch {
      return "down";
    }
  };

  void listen();
  void check();
  return () => {
    stop.abort();
    if (timer !== null) clearTimeout(timer);
  };
}

/** Applies one message of the stream to the cache: tallies at once, the rest by asking again for what is on screen. */
function take(client: QueryClient, message: StreamMessage): void {
  if (message.kind === "manifest") {
    void client.invalidateQueries({ queryKey: [message.contest] });
    return;
  }
  // Whether the indexer can be trusted again is for `check` to say: it is what has the pages ask anew.
  learn({ head: message.block, indexed: message.block.number });
  setClock(message.block.timestamp);
  if (message.kind === "rollback") {
    void client.invalidateQueries();
    return;
  }
  learn({ finalized: message.finalized });
  if (message.nodesChanged) void client.invalidateQueries({ queryKey: keys.nodes });
  for (const contest of message.contests) {
    const changed = new Map(contest.entries.map((entry) => [entry.entryId, entry]));
    client.setQueryData<Entries>(keys.entries(contest.address), (old) =>
      old === undefined || old.from !== "indexer"
        ? old
        : {
            ...old,
            at: { ...old.at, block: message.block, finalized: message.finalized },
            entries: old.entries.map((entry) => ({ ...entry, ...changed.get(entry.entryId) })),
          },
    );
    const other = contest.activity.some(({ kind }) => aboutEntries.has(kind));
    void client.invalidateQueries({
      predicate: ({ queryKey }) => queryKey[0] === contest.address && (other || queryKey[1] !== "entries"),
    });
    void client.invalidateQueries({ queryKey: keys.contests });
  }
}

/** Asks the chain's endpoint for its newest block, while the indexer cannot be trusted. */
async function followChain(config: AppConfig, client: QueryClient): Promise<void> {
  try {
    const { readHead } = await import("../chain/readContest.ts");
    const head = await readHead(config);
    const moved = readNetwork().head?.number !== head.number;
    learn({ rpc: "up", head });
    setClock(head.timestamp);
    if (moved)
      await client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[1] !== "history" && queryKey[1] !== "activity",
      });
  } catch {
    learn({ rpc: "down" });
  }
}
