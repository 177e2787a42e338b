import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Address } from "viem";
import { useConfig } from "../config/useConfig.ts";
import { contestQuery, entriesQuery, voterQuery } from "../data/queries.ts";
import { Empty, Failed, Waiting } from "../parts/States.tsx";
import { shorten } from "../parts/shorten.ts";
import { useTitle } from "../shell/useTitle.ts";
import { StepsCard } from "../transactions/StepsCard.tsx";
import { useSteps } from "../transactions/steps.ts";
import { openConnect } from "../wallet/walletDoor.ts";
import { useWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";
import { Holdings } from "./Holdings.tsx";
import "./coins.css";

/** All that a wallet has out: stakes, deposits, prizes, and the button that brings it home. */
export function CoinsScreen() {
  const { contests } = useConfig();
  const { status, address } = useWallet();
  const [chosen, setChosen] = useState<Address | null>(null);
  const contest = chosen ?? contests[0];
  useTitle(words.coins.title);
  return (
    <div className="wrap page">
      <div className="page-head">
        <h1>{words.coins.title}</h1>
        <p>{words.coins.lede}</p>
      </div>
      {contests.length > 1 ? (
        <div className="field coins-contest">
          <label htmlFor="coins-contest">{words.coins.chooseContest}</label>
          <select
            className="in"
            id="coins-contest"
            value={contest}
            onChange={(event) => setChosen(event.target.value as Address)}
          >
            {contests.map((one) => (
              <option key={one} value={one}>
                {shorten(one)}
              </option>
            ))}
          </select>
        </div>
      ) : null}
      {status !== "connected" || address === null ? (
        <Empty
          title={words.coins.connectTitle}
          action={
            <button type="button" className="btn btn-grip" onClick={openConnect}>
              {words.drop.connectBack}
            </button>
          }
        >
          {words.coins.connect}
        </Empty>
      ) : contest === undefined ? (
        <Empty title={words.home.emptyTitle}>{words.home.empty}</Empty>
      ) : (
        <Wallet key={contest} contest={contest} wallet={address} />
      )}
    </div>
  );
}

function Wallet({ contest, wallet }: { readonly contest: Address; readonly wallet: Address }) {
  const config = useConfig();
  const about = useQuery(contestQuery(config, contest));
  const entries = useQuery(entriesQuery(config, contest));
  const voter = useQuery(voterQuery(config, contest, wallet));
  // They outlive the list: after the last coin is home there is none.
  const steps = useSteps("coins");
  const failed = [about, entries, voter].find(({ error, data }) => error !== null && data === undefined);
  if (failed !== undefined)
    return <Failed title={words.coins.failed} error={failed.error} onRetry={() => void failed.refetch()} />;
  if (about.data === undefined || entries.data === undefined || voter.data === undefined)
    return <Waiting what={words.coins.what} />;
  const { stakes, credits, entries: authored, funded } = voter.data.voter;
  if (stakes.length + credits.length + authored.length === 0 && funded === "0") {
    return (
      <div className="stack">
        <StepsCard steps={steps} />
        <Empty
          title={words.coins.emptyTitle}
          action={
            <Link className="btn" to="/contest/$address" params={{ address: contest }}>
              {words.entry.backToBoard}
            </Link>
          }
        >
          {words.coins.empty}
        </Empty>
      </div>
    );
  }
  return <Holdings contest={about.data.contest} entries={entries.data.entries} voter={voter.data.voter} />;
}
