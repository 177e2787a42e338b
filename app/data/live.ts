import type { QueryClient } from "@tanstack/react-query";
import type { AppConfig } from "#protocol/config.ts";
import type { StreamMessage } from "#protocol/http.ts";
import { routes } from "#protocol/routes.ts";
import { askReady } from "./askReady.ts";
import { setClock } from "./clock.ts";
import { keys } from "./keys.ts";
import { loadShapes, type Shape } from "./loadShapes.ts";
import { isDegraded, learn, readNetwork } from "./network.ts";
import type { Sourced } from "./queries.ts";

const askAgainMs = 3_000;
/** How long the indexer may lag before the page stops trusting it. */
const lagAllowedMs = 10_000;

/** What changes more of an entry than the message tells. */
const aboutEntries: ReadonlySet<string> = new Set(["submitted", "retracted", "challenged", "evidence", "ruled"]);

type Entries = Sourced<Shape<"entries">>;

/**
 * Follows the indexer's stream and keeps the cache true by it; notices when the indexer falls silent or behind, and then
 * follows the chain instead. Returns the way to stop.
 */
export function followLive(config: AppConfig, client: QueryClient): () => void {
  const stop = new AbortController();
  let stream: EventSource | null = null;
  let broken = false;
  let lagSince: number | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const open = () => {
    stream = new EventSource(`${config.indexerUrl}${routes.events}`);
    for (const kind of ["block", "rollback", "manifest"]) {
      stream.addEventListener(kind, (event) => {
        void loadShapes().then(({ message }) => {
          const parsed = message.safeParse(parseJson((event as MessageEvent<string>).data));
          if (parsed.success) take(client, parsed.data);
        });
      });
    }
    stream.addEventListener("open", () => {
      // What happened while the stream was broken came through no message.
      if (broken) void client.invalidateQueries();
      broken = false;
      void check();
    });
    stream.addEventListener("error", () => {
      broken = true;
      void check();
    });
  };

  const check = async () => {
    if (timer !== null) clearTimeout(timer);
    const wasDegraded = isDegraded(readNetwork());
    const indexer = await stateOf();
    if (stop.signal.aborted) return;
    learn({ indexer });
    const nowDegraded = isDegraded(readNetwork());
    if (nowDegraded || readNetwork().rpc === "down") await followChain(config, client);
    if (wasDegraded !== nowDegraded) await client.invalidateQueries();
    if (stop.signal.aborted) return;
    // The browser reconnects a broken stream by itself, but gives up on a refused one.
    if (!nowDegraded && stream?.readyState === EventSource.CLOSED) open();
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(check, nowDegraded ? askAgainMs : askAgainMs * 3);
  };

  const stateOf = async (): Promise<"up" | "behind" | "down"> => {
    try {
      const ready = await askReady(config.indexerUrl, stop.signal);
      if (ready.indexed !== null) learn({ indexed: ready.indexed });
      lagSince = ready.ready ? null : (lagSince ?? Date.now());
      return lagSince !== null && Date.now() - lagSince > lagAllowedMs ? "behind" : "up";
    } catch {
      return "down";
    }
  };

  open();
  void check();
  return () => {
    stop.abort();
    stream?.close();
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
