import { useEffect, useId, useRef, useState } from "react";
import type { ContestView, EntryView } from "#protocol/http.ts";
import type { NodeView } from "#protocol/httpNodes.ts";
import { Icon } from "../parts/Icon.tsx";
import { Washer } from "../parts/Washer.tsx";
import { words } from "../words/words.ts";
import { ReceiptSlip } from "./ReceiptSlip.tsx";
import { nodeName } from "./servingNodes.ts";
import { type Turn, useChat } from "./useChat.ts";
import { useServing } from "./useServing.ts";
import "./chat.css";

type ChatProps = { readonly contest: ContestView; readonly entry: EntryView; readonly name: string };

/** A conversation with the running model, straight with a node's own endpoint. */
export function Chat({ contest, entry, name }: ChatProps) {
  const { serving, query } = useServing(contest.address, entry.entryId);
  const { turns, ask, stop, writing, remembers } = useChat({ contest, entry, name });
  const [chosen, setChosen] = useState<string | null>(null);
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const manifest = entry.manifest.state === "present" ? entry.manifest.manifest : null;
  const askable = (serving ?? [])
    .filter(({ state }) => state === "serving" || state === "late")
    .map(({ node }) => node);
  const nodes = [
    ...askable.filter(({ address }) => address === chosen),
    ...askable.filter(({ address }) => address !== chosen),
  ];
  const first = nodes[0];

  const submit = (question: string) => {
    const asked = question.trim();
    if (asked === "" || writing || first === undefined) return;
    setText("");
    void ask(asked, nodes);
  };

  return (
    <section className="pane sheet chat" id="try" aria-labelledby={`${id}-title`}>
      <header>
        <h2 id={`${id}-title`}>{words.chat.title}</h2>
        <NodeChoice nodes={nodes} onChoose={setChosen} />
      </header>
      {turns.length === 0 ? null : (
        <div className="chat-log">
          {turns.map((turn) => (
            <Exchange
              key={turn.id}
              turn={turn}
              contest={contest}
              entry={entry}
              name={name}
              onAgain={() => void ask(turn.question, nodes)}
            />
          ))}
        </div>
      )}
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          if (writing) stop();
          else submit(text);
        }}
      >
        {first === undefined ? (
          <p className="ask-note quiet">
            {query.error === null && serving === undefined ? words.states.askingIndexer : words.chat.noNodes}
          </p>
        ) : (
          <>
            <div className="starters">
              {manifest?.wrapper.starters.map((starter) => (
                <button key={starter} type="button" className="chip" disabled={writing} onClick={() => submit(starter)}>
                  {starter}
                </button>
              ))}
            </div>
            <label className="vh" htmlFor={id}>
              {words.chat.ask(name)}
            </label>
            <input
              className="in"
              id={id}
              ref={input}
              data-testid="chat-input"
              autoComplete="off"
              maxLength={4_000}
              placeholder={words.chat.placeholder}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <button
              type="submit"
              className="btn btn-icon"
              aria-label={writing ? words.chat.stop : words.chat.send}
              data-testid={writing ? "chat-stop" : "chat-send"}
            >
              <Icon name={writing ? "stop" : "up"} />
            </button>
            <p className="ask-note small faint">
              {words.chat.kept}{" "}
              {manifest?.wrapper.sampling.temperature === undefined
                ? null
                : words.chat.temperature(String(manifest.wrapper.sampling.temperature))}{" "}
              {remembers ? null : words.chat.alone}
            </p>
          </>
        )}
      </form>
    </section>
  );
}

function NodeChoice({
  nodes,
  onChoose,
}: {
  readonly nodes: readonly NodeView[];
  readonly onChoose: (address: string) => void;
}) {
  const [first] = nodes;
  if (first === undefined) {
    return (
      <p className="pane-end">
        <Washer kind="off" />
        {words.chat.noNode}
      </p>
    );
  }
  if (nodes.length === 1) {
    return (
      <p className="pane-end">
        <Washer kind="proven" />
        <span>
          {words.chat.on} <b>{nodeName(first)}</b>
        </span>
      </p>
    );
  }
  const sorted = [...nodes].sort((a, b) => nodeName(a).localeCompare(nodeName(b)));
  return (
    <label className="pane-end">
      <Washer kind="proven" />
      <span aria-hidden="true">{words.chat.on}</span>
      <span className="vh">{words.chat.nodeLabel}</span>
      <select className="in node-choice" value={first.address} onChange={(event) => onChoose(event.target.value)}>
        {sorted.map((node) => (
          <option key={node.address} value={node.address}>
            {nodeName(node)}
          </option>
        ))}
      </select>
    </label>
  );
}

type ExchangeProps = ChatProps & { readonly turn: Turn; readonly onAgain: () => void };

function Exchange({ turn, contest, entry, name, onAgain }: ExchangeProps) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (turn.state === "writing") end.current?.scrollIntoView({ block: "nearest" });
  }, [turn.state]);
  return (
    <>
      <p className="say say-you">
        <span className="vh">{words.chat.you}</span>
        {turn.question}
      </p>
      {turn.passedOver.length > 0 && turn.node !== null && turn.state !== "failed" ? (
        <p className="small quiet">
          {words.chat.nextNode(turn.passedOver.map(nodeName).join(", "), nodeName(turn.node))}
        </p>
      ) : null}
      {turn.state === "failed" ? (
        <div className="chat-failed">
          <Icon name="cross" />
          <p>
            <b>{words.chat.allFailed}.</b> {turn.reason}
          </p>
          <button type="button" className="btn" onClick={onAgain}>
            {words.chat.again}
          </button>
        </div>
      ) : (
        <div className="reply" ref={end} data-testid="chat-reply" data-state={turn.state}>
          <p className="say">
            <span className="vh">{name}: </span>
            <span data-testid="chat-answer">{turn.answer}</span>
            {turn.state === "writing" ? (
              <>
                <span className="caret" aria-hidden="true" />
                <span className="vh">{words.chat.writing}</span>
              </>
            ) : null}
          </p>
          {turn.state === "stopped" ? <p className="slip proof">{words.chat.stopped}</p> : null}
          {turn.state === "done" ? <ReceiptSlip turn={turn} contest={contest} entry={entry} /> : null}
        </div>
      )}
    </>
  );
}
