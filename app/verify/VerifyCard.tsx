import { type FormEvent, useState } from "react";
import type { Address } from "viem";
import { shortMessageOf } from "#protocol/errors.ts";
import type { ContestView } from "#protocol/http.ts";
import { modeOf } from "#protocol/rules.ts";
import { useConfig } from "../config/useConfig.ts";
import { formatCoins } from "../contest/measure.ts";
import { usePhase, useVoter } from "../contest/useContest.ts";
import { StepsCard } from "../transactions/StepsCard.tsx";
import { useSend } from "../transactions/useSend.ts";
import { useWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";
import { fetchCredential, isProof } from "./fetchCredential.ts";
import "./verify.css";

/**
 * In a contest of persons: becomes one, and counts what was staked before. Draws nothing where there is nothing to do,
 * and nothing while only the chain answers, since it does not say by wallet who is a person.
 */
export function VerifyCard({ contest }: { readonly contest: ContestView }) {
  const { status, address } = useWallet();
  const voter = useVoter().data;
  const phase = usePhase(contest);
  const { send, steps, busy } = useSend(`verify:${contest.address}`);
  if (modeOf(contest.rules) === "open" || status !== "connected" || address === null) return null;
  if (voter?.from !== "indexer" || phase === "counting" || phase === "final") return <StepsCard steps={steps} />;
  const uncounted = voter.voter.stakes.filter(({ weight }) => weight === "0").map(({ entryId }) => entryId);
  return (
    <>
      {voter.voter.nullifier === null ? (
        <Become contest={contest} wallet={address} busy={busy} send={send} />
      ) : uncounted.length > 0 && phase === "voting" ? (
        <section className="verify sheet" aria-labelledby="verify-title">
          <h2 id="verify-title">{words.verify.countTitle}</h2>
          <p className="small quiet">{words.verify.countText}</p>
          <button
            type="button"
            className="btn"
            disabled={busy}
            data-testid="reweigh"
            onClick={() =>
              void import("../transactions/reweighStakes.ts").then(({ reweighStakes }) =>
                send(reweighStakes(contest, uncounted)),
              )
            }
          >
            {words.verify.count}
          </button>
        </section>
      ) : null}
      <StepsCard steps={steps} />
    </>
  );
}

type BecomeProps = {
  readonly contest: ContestView;
  readonly wallet: Address;
  readonly busy: boolean;
  readonly send: ReturnType<typeof useSend>["send"];
};

function Become({ contest, wallet, busy, send }: BecomeProps) {
  const { demo } = useConfig();
  const issuer = demo?.credentialUrl ?? null;
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

  const { entryCap, personCap } = contest.rules;
  return (
    <section className="verify sheet" id="verify" aria-labelledby="verify-title">
      <h2 id="verify-title">{words.verify.title}</h2>
      <p className="small">{words.verify.proves(formatCoins(contest, entryCap), formatCoins(contest, personCap))}</p>
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
    </section>
  );
}
