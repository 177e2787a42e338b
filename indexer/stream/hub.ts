import type { ServerResponse } from "node:http";
import type { Hex } from "viem";
import type { StreamMessage } from "#protocol/http.ts";
import type { Rows } from "../store/rows.ts";
import { position } from "../store/tables.ts";
import type { KeptMessage } from "./messages.ts";
import { messagesAfter, newestSeq, oldestSeq } from "./messages.ts";

/** Bytes that may wait for a listener who does not read; then it is cut off, and resumes when it comes back. */
const MOST_WAITING_BYTES = 1_048_576;
const HEARTBEAT_MS = 15_000;
const MOST_LISTENERS = 2_000;

type Listener = { readonly response: ServerResponse; readonly contest: Hex | undefined };
type Listening = { readonly contest: Hex | undefined; readonly lastEventId: string | undefined };

/** Tells listeners what is new, each message once and in order, whenever `publish` says that there may be something. */
export function createHub(rows: Rows) {
  const listeners = new Set<Listener>();
  const heartbeat = setInterval(() => {
    for (const listener of listeners) write(listener, ": still here\n\n");
  }, HEARTBEAT_MS);
  heartbeat.unref();
  let published = newestSeq(rows);

  const tag = () => rows.get(position, [1])?.tag ?? "";

  function write(listener: Listener, text: string): void {
    if (listener.response.writableLength > MOST_WAITING_BYTES) {
      listeners.delete(listener);
      listener.response.destroy();
    } else {
      listener.response.write(text);
    }
  }

  function publish(): void {
    for (let fresh = messagesAfter(rows, published); fresh.length > 0; fresh = messagesAfter(rows, published)) {
      published = fresh.at(-1)?.seq ?? published;
      const texts = new Map<Hex | undefined, string>();
      for (const listener of listeners) {
        const text = texts.get(listener.contest) ?? render(fresh, listener.contest, tag());
        texts.set(listener.contest, text);
        write(listener, text);
      }
    }
  }

  /** Takes a listener in; `hasRoom` says whether to. */
  function listen(response: ServerResponse, { contest, lastEventId }: Listening): void {
    publish();
    const listener: Listener = { response, contest };
    response.write(`retry: 1000\n${greeting(lastEventId, contest)}`);
    listeners.add(listener);
    response.on("close", () => listeners.delete(listener));
  }

  /** What a new listener gets first: what it missed, or that it must read everything anew. */
  function greeting(lastEventId: string | undefined, contest: Hex | undefined): string {
    const here = `id: ${tag()}-${published}\n\n`;
    if (lastEventId === undefined || lastEventId === "") return here;
    const seen = new RegExp(`^${tag()}-(\\d{1,15})$`).exec(lastEventId)?.[1];
    const missed: KeptMessage[] = [];
    const from = seen === undefined ? -1 : Number(seen);
    if (from < oldestSeq(rows) - 1 || from > published) return `${anew()}${here}`;
    for (let page = messagesAfter(rows, from); page.length > 0; page = messagesAfter(rows, page.at(-1)?.seq ?? 0)) {
      missed.push(...page);
    }
    return `${render(missed, contest, tag())}${here}`;
  }

  function anew(): string {
    const standing = rows.get(position, [1]);
    if (standing === undefined) return "";
    const block = { number: 0, hash: standing.genesisHash, timestamp: standing.genesisTimestamp };
    return render([{ seq: published, message: { kind: "rollback", block } }], undefined, standing.tag);
  }

  return {
    publish,
    listen,
    listeners: () => listeners.size,
    hasRoom: () => listeners.size < MOST_LISTENERS,
    close(): void {
      clearInterval(heartbeat);
      for (const { response } of listeners) response.end();
      listeners.clear();
    },
  };
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
