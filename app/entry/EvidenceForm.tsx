import { type FormEvent, useState } from "react";
import type { ContestView, EntryView } from "#protocol/http.ts";
import { entryName } from "../contest/measure.ts";
import type { useSend } from "../transactions/useSend.ts";
import { words } from "../words/words.ts";
import { readEvidenceURI } from "./evidenceLink.ts";

type FormProps = {
  readonly contest: ContestView;
  readonly entry: EntryView;
  readonly busy: boolean;
  readonly send: ReturnType<typeof useSend>["send"];
};

/** Adds to what is said about a challenged entry, for or against it. */
export function EvidenceForm({ contest, entry, busy, send }: FormProps) {
  const said = words.challenge;
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);

  const add = async (event: FormEvent) => {
    event.preventDefault();
    const evidenceURI = readEvidenceURI(typed);
    setError(evidenceURI === null ? said.badURI : null);
    if (evidenceURI === null) return;
    const { addEvidence } = await import("../transactions/addEvidence.ts");
    const sent = await send(addEvidence(contest, { entryId: entry.entryId, entry: entryName(entry), evidenceURI }));
    if (sent) setTyped("");
  };

  return (
    <details>
      <summary>{said.add}</summary>
      <form onSubmit={(event) => void add(event)}>
        <div className="field">
          <label htmlFor="evidence-uri">{said.uri}</label>
          <input
            className="in mono"
            id="evidence-uri"
            inputMode="url"
            placeholder="https://"
            value={typed}
            aria-invalid={error !== null}
            onChange={(change) => setTyped(change.target.value)}
          />
        </div>
        {error === null ? null : (
          <p className="challenge-error" role="alert">
            {error}
          </p>
        )}
        <button type="submit" className="btn" disabled={busy} data-testid="evidence-submit">
          {said.addSubmit}
        </button>
      </form>
    </details>
  );
}
