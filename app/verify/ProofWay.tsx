import { type FormEvent, useState } from "react";
import { shortMessageOf } from "#protocol/errors.ts";
import { words } from "../words/words.ts";
import type { WayProps } from "./BecomePerson.tsx";
import { fetchCredential, isProof } from "./fetchCredential.ts";

/** By a proof that somebody else makes. `issuer`: where the demo's issuer gives one; null where it is typed in. */
export function ProofWay({ contest, wallet, busy, send, issuer }: WayProps & { readonly issuer: string | null }) {
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);

  const become = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    try {
      const proof = issuer === null ? typed.trim() : await fetchCredential(issuer, wallet, contest.address);
      if (!isProof(proof)) return setError(words.verify.badProof);
      const { bindPerson } = await import("../transactions/bindPerson.ts");
      await send(bindPerson(contest, proof));
    } catch (failure) {
      setError(shortMessageOf(failure));
    }
  };

  return (
    <>
      <p className="small quiet">{words.verify.reveals}</p>
      <form onSubmit={(event) => void become(event)}>
        {issuer === null ? (
          <div className="field">
            <label htmlFor="verify-proof">{words.verify.proof}</label>
            <textarea
              className="in mono"
              id="verify-proof"
              rows={3}
              spellCheck={false}
              value={typed}
              onChange={(change) => setTyped(change.target.value)}
            />
            <p className="small quiet">{words.verify.proofNote}</p>
          </div>
        ) : (
          <p className="small quiet">{words.verify.demoIssuer}</p>
        )}
        {error === null ? null : (
          <p className="verify-error" role="alert">
            {error}
          </p>
        )}
        <button type="submit" className="btn" disabled={busy} data-testid="verify-submit">
          {words.verify.submit}
        </button>
      </form>
    </>
  );
}
