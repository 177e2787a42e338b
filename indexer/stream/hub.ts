import type { ServerResponse } from "node:http";
import type { Hex } from "viem";
import type { StreamMessage } from "#protocol/http.ts";
import { createTurns } from "../store/inTurn.ts";
import type { Rows } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import { position } from "../store/tables.ts";
import type { KeptMessage } from "./messages.ts";
import { messagesAfter, newestSeq, oldestSeq } from "./messages.ts";

/** Bytes that may wait for a listener who does not read; then it is cut off, and resumes when it comes back. */
const MOST_WAITING_BYTES = 1_048_576;
const HEARTBEAT_MS = 15_000;

type Listener = { readonly response: ServerResponse; readonly contest: Hex | undefined };
type Listening = { readonly contest: Hex | undefined; readonly lastEventId: string | undefined };

type HubOptions = {
  readonly read: Store["read"];
  readonly mostListeners?: number;
  readonly onError?: (error: unknown) => void;
};

/** Tells listeners what is new, each message once and in order, whenever `publish` says that there may be something. */
export function createHub({ read, mostListeners = Number.POSITIVE_INFINITY, onError = () => {} }: HubOptions) {
  const listeners = new Set<Listener>();
  const inTurn = createTurns();
  const heartbeat = setInterval(() => {
    for (const listener of listeners) write(listener, ": still here\n\n");
  }, HEARTBEAT_MS);
  heartbeat.unref();
  /** The newest message that the listeners have, and of which database; undefined before the first look. */
  let published: { readonly tag: string; readonly seq: number } | undefined;
  let waiting: Promise<void> | undefined;
  let arriving = 0;
  let closed = false;

  function write(listener: Listener, text: string): void {
    if (listener.response.writableLength > MOST_WAITING_BYTES) {
      listeners.delete(listener);
      listener.response.destroy();
    } else {
      listener.response.write(text);
    }
  }

  async function pass(rows: Rows): Promise<number> {
    const tag = await tagOf(rows);
    // Another version's rows, or rows read anew: the messages are not the same ones.
    if (published !== undefined && published.tag !== "" && published.tag !== tag) {
      const seq = await newestSeq(rows);
      const text = await anew(rows, seq);
      for (const listener of listeners) write(listener, text);
      published = { tag, seq };
    }
    let seq = published?.seq ?? (await newestSeq(rows));
    for (let fresh = await messagesAfter(rows, seq); fresh.length > 0; fresh = await messagesAfter(rows, seq)) {
      seq = fresh.at(-1)?.seq ?? seq;
      const texts = new Map<Hex | undefined, string>();
      for (const listener of listeners) {
        const text = texts.get(listener.contest) ?? render(fresh, listener.contest, tag);
        texts.set(listener.contest, text);
        write(listener, text);
      }
      published = { tag, seq };
    }
    published = { tag, seq };
    return seq;
  }

  /** Resolves when everything that was written before the call is told. What fails is told with the next. */
  function publish(): Promise<void> {
    waiting ??= inTurn(async () => {
      waiting = undefined;
      if (closed) return;
      // The next listener begins at what is newest then.
      if (listeners.size === 0) published = undefined;
      else await read(pass);
    }).catch(onError);
    return waiting;
  }

  /** Takes a listener in; `hasRoom` says whether to. */
  async function listen(response: ServerResponse, { contest, lastEventId }: Listening): Promise<void> {
    arriving += 1;
    try {
      await inTurn(async () => {
        const text = await read(async (rows) => greeting(rows, await pass(rows), { contest, lastEventId }));
        if (response.destroyed || closed) return;
        const listener: Listener = { response, contest };
        response.write(`retry: 1000\n${text}`);
        listeners.add(listener);
        response.on("close", () => listeners.delete(listener));
      });
    } catch (error) {
      // It comes back and says what it has seen last.
      response.destroy();
      onError(error);
    } finally {
      arriving -= 1;
    }
  }

  return {
    publish,
    listen,
    listeners: () => listeners.size,
    hasRoom: () => listeners.size + arriving < mostListeners,
    close(): void {
      closed = true;
      clearInterval(heartbeat);
      for (const { response } of listeners) response.end();
      listeners.clear();
    },
  };
}

async function tagOf(rows: Rows): Promise<string> {
  return (await rows.get(position, [1]))?.tag ?? "";
}

/** What a new listener gets first: what it missed, or that it must read everything anew. */
async function greeting(rows: Rows, newest: number, { lastEventId, contest }: Listening): Promise<string> {
  const tag = await tagOf(rows);
  const here = `id: ${tag}-${newest}\n\n`;
  if (lastEventId === undefined || lastEventId === "") return here;
  const seen = new RegExp(`^${tag}-(\\d{1,15})$`).exec(lastEventId)?.[1];
  const missed: KeptMessage[] = [];
  const from = seen === undefined ? -1 : Number(seen);
  if (from < (await oldestSeq(rows)) - 1 || from > newest) return `${await anew(rows, newest)}${here}`;
  for (let page = await messagesAfter(rows, from); page.length > 0; ) {
    missed.push(...page);
    page = await messagesAfter(rows, page.at(-1)?.seq ?? 0);
  }
  return `${render(missed, contest, tag)}${here}`;
}

async function anew(rows: Rows, seq: number): Promise<string> {
  const standing = await rows.get(position, [1]);
  if (standing === undefined) return "";
  const block = { number: 0, hash: standing.genesisHash, timestamp: standing.genesisTimestamp };
  return render([{ seq, message: { kind: "rollback", block } }], undefined, standing.tag);
}

export type Hub = ReturnType<typeof createHub>;

function render(kept: readonly KeptMessage[], contest: Hex | undefined, tag: string): string {
  return kept
    .flatMap(({ seq, message }) => {
      const wanted = contest === undefined ? message : forContest(message, contest);
      if (wanted === undefined) return [];
      return [`id: ${tag}-${seq}\nevent: ${wanted.kind}\ndata: ${JSON.stringify(wanted)}\n\n`];
    })
    .join("");
}

/** What a listener to one contest needs of a message; every block, so that it knows how far the index is. */
function forContest(message: StreamMessage, contest: Hex): StreamMessage | undefined {
  switch (message.kind) {
    case "block":
      return { ...message, contests: message.contests.filter(({ address }) => address === contest) };
    case "rollback":
      return message;
    case "manifest":
      return message.contest === contest ? message : undefined;
  }
}
