import type { ReactNode } from "react";
import { announce } from "../shell/announce.ts";
import { words } from "../words/words.ts";
import { copyText } from "./copyText.ts";
import { Icon } from "./Icon.tsx";
import "./states.css";

/** Keeps the shape of what is coming and says who is being asked. */
export function Waiting({
  what,
  asking = words.states.askingIndexer,
}: {
  readonly what: string;
  readonly asking?: string;
}) {
  return (
    <div className="sheet waits" aria-busy="true">
      <span className="vh" role="status">
        {words.states.loading(what)}
      </span>
      <span className="bone" style={{ width: "30%" }} />
      <span className="row" style={{ marginBlock: ".5rem" }}>
        <span className="bone" style={{ width: "3rem", height: "3rem" }} />
        <span className="bone" style={{ width: "45%", height: "1.375rem" }} />
      </span>
      <span className="bone" />
      <span className="bone" style={{ width: "80%" }} />
      <span className="bone" style={{ height: "4rem", marginTop: ".5rem", opacity: 0.55 }} />
      <span className="small quiet">{asking}</span>
    </div>
  );
}

/** `h1` where nothing else on the page is its heading. */
type Level = "h1" | "h2";

type EmptyProps = {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
  readonly level?: Level;
};

/** A free peg, and the way back. */
export function Empty({ title, children, action, level: Heading = "h2" }: EmptyProps) {
  return (
    <div className="sheet state">
      <svg className="state-picture" viewBox="0 0 80 64" aria-hidden="true">
        <path d="M4 6h72M12 6v6a4 4 0 0 0 8 0M36 6v6a4 4 0 0 0 8 0M60 6v6a4 4 0 0 0 8 0" />
        <circle cx="40" cy="44" r="13" strokeDasharray="3 4" />
        <circle cx="40" cy="44" r="4.5" strokeDasharray="3 4" />
      </svg>
      <Heading>{title}</Heading>
      <p>{children}</p>
      {action}
    </div>
  );
}

type FailedProps = {
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly level?: Level;
};

/** Says what is not affected, then offers to try again and to copy the details. */
export function Failed({ title, error, onRetry, level: Heading = "h2" }: FailedProps) {
  const details = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return (
    <div className="sheet state" role="alert">
      <svg className="state-picture" viewBox="0 0 80 64" aria-hidden="true">
        <path d="M8 30h22l6-8M72 30H52l-5 8" />
        <path className="broken" d="m38 16 6 10-7 8 6 12" />
        <path d="M8 24v12M72 24v12" />
      </svg>
      <Heading>{title}</Heading>
      <p>{words.states.failedCalm}</p>
      <div className="row">
        {onRetry === undefined ? null : (
          <button type="button" className="btn" onClick={onRetry}>
            <Icon name="retry" />
            {words.states.retry}
          </button>
        )}
        <button
          type="button"
          className="btn btn-bare"
          onClick={async () => {
            announce(
              (await copyText(`${title}\n${details}\n${location.href}`))
                ? words.common.copied(words.states.details)
                : words.common.copyFailed,
            );
          }}
        >
          {words.states.copyDetails}
        </button>
      </div>
    </div>
  );
}
