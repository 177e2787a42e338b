import { useNetwork } from "../data/network.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { Icon } from "../parts/Icon.tsx";
import { shorten } from "../parts/shorten.ts";
import { Washer } from "../parts/Washer.tsx";
import { localTime } from "../parts/when.ts";
import { words } from "../words/words.ts";
import { dismissSteps, type Relayed, type Step, type Steps } from "./steps.ts";
import "./steps.css";

/** Sent, confirmed, indexed: stays until the site shows what happened, and says what to do where it did not. */
export function StepsCard({ steps }: { readonly steps: Steps | null }) {
  if (steps === null) return null;
  const { title, place, step } = steps;
  const over = step.at === "indexed" || step.at === "failed" || step.at === "declined";
  return (
    <section className="steps sheet" aria-label={title} data-testid="steps" data-at={step.at}>
      <header>
        <h3>{title}</h3>
        {over ? (
          <button
            type="button"
            className="btn btn-small"
            aria-label={words.steps.dismiss}
            onClick={() => dismissSteps(place)}
          >
            <Icon name="close" />
          </button>
        ) : null}
      </header>
      <ol>
        <Lines step={step} />
      </ol>
    </section>
  );
}

function Lines({ step }: { readonly step: Step }) {
  const said = words.steps;
  if (step.at === "preparing") return <Line washer="turning" bold={said.preparing} note={said.preparingNote} />;
  if (step.at === "signing") return <Line washer="turning" bold={said.signing} note={said.signingNote} />;
  if (step.at === "declined") return <Line washer="off" bold={said.toastDeclined} note={said.rejected} />;
  if (step.at === "failed") return <Failure step={step} />;
  if (step.at === "relayed") return <AtRelay step={step} />;
  const sent = (
    <Line
      washer="proven"
      done
      bold={said.sent}
      note={step.at === "sent" && step.replaced ? said.replaced : shorten(step.hash)}
      mono
      right={localTime(step.time / 1000)}
    />
  );
  if (step.at === "sent") {
    return (
      <>
        {sent}
        <Line washer="turning" bold={said.confirming} note="" />
      </>
    );
  }
  return (
    <>
      {sent}
      <Line
        washer="proven"
        done
        bold={said.confirmed}
        note={said.block(step.block.toLocaleString("en-GB"))}
        right={localTime(step.confirmedAt / 1000)}
      />
      {step.at === "indexed" ? (
        <Line
          washer={step.bySilence ? "late" : "proven"}
          bold={step.bySilence ? said.done : said.indexed}
          note={step.bySilence ? said.indexerSilent : ""}
        />
      ) : (
        <Indexing block={step.block} />
      )}
    </>
  );
}

function AtRelay({ step }: { readonly step: Relayed }) {
  const said = words.relay;
  return (
    <>
      <Line washer="proven" done bold={said.signed} note={said.signedNote} right={localTime(step.time / 1000)} />
      <Line
        washer={step.state === "silent" ? "late" : "turning"}
        bold={said.state[step.state]}
        note={step.hash === null ? said.until(localTime(step.deadline)) : shorten(step.hash)}
        mono={step.hash !== null}
      />
    </>
  );
}

function Indexing({ block }: { readonly block: number }) {
  const { indexed } = useNetwork();
  const at = Math.min(indexed ?? block - 1, block);
  const left = block - at;
  return (
    <li>
      <Washer kind="turning" />
      <span>
        <b>{words.steps.indexing}</b>{" "}
        <span className="faint">
          {words.steps.indexingNote(at.toLocaleString("en-GB"), block.toLocaleString("en-GB"))}
        </span>
        <span className="progress">
          <i style={{ width: `${Math.max(8, 100 - left * 34)}%` }} />
        </span>
      </span>
      <span className="faint">{words.steps.toGo(left)}</span>
    </li>
  );
}

function Failure({ step }: { readonly step: Extract<Step, { at: "failed" }> }) {
  return (
    <li>
      <Washer kind={step.uncertain ? "late" : "off"} />
      <span className={step.uncertain ? undefined : "steps-failed"} role="alert" data-testid="steps-sentence">
        {step.uncertain ? null : <b>{words.steps.failed}. </b>}
        {step.sentence}
      </span>
      <CopyButton value={[step.sentence, step.hash ?? "", step.details].join("\n")} label={words.states.details} />
    </li>
  );
}

type LineProps = {
  readonly washer: "proven" | "turning" | "off" | "late";
  readonly bold: string;
  readonly note: string;
  readonly right?: string;
  readonly done?: boolean;
  readonly mono?: boolean;
};

function Line({ washer, bold, note, right, done = false, mono = false }: LineProps) {
  return (
    <li className={done ? "done" : undefined}>
      <Washer kind={washer} />
      <span>
        <b>{bold}</b> <span className={mono ? "faint mono" : "faint"}>{note}</span>
      </span>
      <span className="faint">{right}</span>
    </li>
  );
}
