import { useCallback, useRef, useState } from "react";
import { BaseError, RetryableError } from "#protocol/errors.ts";
import type { ContestView, EntryView } from "#protocol/http.ts";
import type { NodeView } from "#protocol/httpNodes.ts";
import type { Bundle } from "#protocol/node.ts";
import { useConfig } from "../config/useConfig.ts";
import { announce } from "../shell/announce.ts";
import { words } from "../words/words.ts";
import type { Message } from "./askNode.ts";
import type { Verified } from "./verifyReceipt.ts";

export type Proof =
  | { readonly state: "checking" }
  | { readonly state: "missing" }
  | { readonly state: "unreadable" }
  | { readonly state: "checked"; readonly bundle: Bundle; readonly verified: Verified };

export type Turn = {
  readonly id: number;
  readonly question: string;
  readonly answer: string;
  readonly node: NodeView | null;
  /** Nodes that failed before this one answered. */
  readonly passedOver: readonly NodeView[];
  readonly state: "writing" | "done" | "stopped" | "failed";
  readonly figures: {
    readonly firstMs: number;
    readonly perSecond: number | null;
    readonly tokens: number | null;
  } | null;
  readonly proof: Proof | null;
  readonly reason: string | null;
};

type Chatting = { readonly contest: ContestView; readonly entry: EntryView; readonly name: string };

/** Below this many tokens of context an earlier exchange would crowd out the question, so each is asked by itself. */
const remembersFrom = 2_048;

/** A conversation with an entry: asks one node after the other until one answers, and checks each receipt. */
export function useChat({ contest, entry, name }: Chatting) {
  const config = useConfig();
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const running = useRef<AbortController | null>(null);
  const lastId = useRef(0);
  const manifest = entry.manifest.state === "present" ? entry.manifest.manifest : null;
  const remembers = (manifest?.contextLength ?? 0) >= remembersFrom;
  const writing = turns.at(-1)?.state === "writing";

  const stop = useCallback(() => running.current?.abort(), []);

  const ask = async (question: string, nodes: readonly NodeView[]) => {
    const stopping = new AbortController();
    running.current = stopping;
    lastId.current += 1;
    const id = lastId.current;
    const change = (part: Partial<Turn>) =>
      setTurns((all) => all.map((turn) => (turn.id === id ? { ...turn, ...part } : turn)));
    const before = remembers ? turns.filter(({ state }) => state === "done") : [];
    const messages: Message[] = [
      ...before.flatMap((turn): Message[] => [
        { role: "user", content: turn.question },
        { role: "assistant", content: turn.answer },
      ]),
      { role: "user", content: question },
    ];
    setTurns((all) => [
      ...all,
      {
        id,
        question,
        answer: "",
        node: nodes[0] ?? null,
        passedOver: [],
        state: "writing",
        figures: null,
        proof: null,
        reason: null,
      },
    ]);
    const { askNode } = await import("./askNode.ts");
    const passedOver: NodeView[] = [];
    let reason: string = words.chat.allFailedText;
    for (const node of nodes) {
      change({ node, answer: "", passedOver: [...passedOver] });
      try {
        const asked = {
          endpoint: node.endpoint,
          contest: contest.address,
          entryId: entry.entryId,
          messages,
          signal: stopping.signal,
        };
        const answered = await askNode({ ...asked, onText: (answer) => change({ answer }) });
        const tokens = typeof answered.bundle === "string" ? null : answered.bundle.outputTokens.length;
        const writingMs = answered.totalMs - answered.firstMs;
        const perSecond = tokens === null || tokens < 2 || writingMs <= 0 ? null : ((tokens - 1) * 1000) / writingMs;
        change({ state: "done", answer: answered.text, figures: { firstMs: answered.firstMs, perSecond, tokens } });
        announce(words.chat.finished(name, answered.text));
        if (typeof answered.bundle === "string") {
          change({ proof: { state: answered.bundle } });
          return;
        }
        change({ proof: { state: "checking" } });
        const { checkBundle } = await import("./checkBundle.ts");
        change({
          proof: {
            state: "checked",
            bundle: answered.bundle,
            verified: await checkBundle(config, answered.bundle, { contest, entry, node }),
          },
        });
        return;
      } catch (error) {
        if (stopping.signal.aborted) {
          change({ state: "stopped" });
          announce(words.chat.stopped);
          return;
        }
        reason = error instanceof BaseError ? error.shortMessage : String(error);
        if (!(error instanceof RetryableError)) break;
        passedOver.push(node);
      }
    }
    change({ state: "failed", reason });
    announce(`${words.chat.allFailed}. ${reason}`);
  };

  return { turns, ask, stop, writing, remembers };
}
