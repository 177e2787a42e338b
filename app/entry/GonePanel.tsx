import type { ContestView, EntryView } from "#protocol/http.ts";
import { useVoter } from "../contest/useContest.ts";
import { StepsCard } from "../transactions/StepsCard.tsx";
import { useSteps } from "../transactions/steps.ts";
import { WaitingOrder } from "../transactions/WaitingOrder.tsx";
import { openConnect } from "../wallet/walletDoor.ts";
import { useWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";
import "./drop.css";

type GoneProps = { readonly contest: ContestView; readonly entry: EntryView };

/** In the drop panel's place on an entry that takes no coins and holds none of this wallet's. */
export function GonePanel({ contest, entry }: GoneProps) {
  const { status } = useWallet();
  const voter = useVoter().data;
  // They outlive the panel: after the last coin is home there is none.
  const steps = useSteps(`drop:${contest.address}:${entry.entryId}`);
  const said = words.drop.gone;
  const isRemoved = entry.status === "removed";
  return (
    <>
      <section className="drop drop-gone sheet" id="drop" aria-labelledby="drop-title" data-testid="gone">
        <h2 id="drop-title">{said.title}</h2>
        <p>{isRemoved ? said.removed : said.retracted}</p>
        {isRemoved ? <a href="#challenge">{said.why}</a> : null}
        {!isRemoved ? null : status !== "connected" ? (
          <button type="button" className="btn" onClick={openConnect}>
            {said.connect}
          </button>
        ) : voter === undefined ? null : (
          <p className="small quiet">{words.drop.nothingHere}</p>
        )}
      </section>
      <StepsCard steps={steps} />
      <WaitingOrder steps={steps} />
    </>
  );
}
