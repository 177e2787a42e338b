import type { ContestView } from "#protocol/http.ts";
import { modeOf } from "#protocol/rules.ts";
import { usePhase, useVoter } from "../contest/useContest.ts";
import { StepsCard } from "../transactions/StepsCard.tsx";
import { useSend } from "../transactions/useSend.ts";
import { useWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";
import { BecomePerson } from "./BecomePerson.tsx";
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
        <BecomePerson contest={contest} wallet={address} busy={busy} send={send} />
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
