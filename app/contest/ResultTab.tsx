import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Address } from "viem";
import type { ContestView, EntryView } from "#protocol/http.ts";
import { dividePot } from "#protocol/standings.ts";
import { formatAmount } from "../parts/amount.ts";
import { Badge } from "../parts/Badge.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { Drawing } from "../parts/Drawing.tsx";
import { shorten } from "../parts/shorten.ts";
import { localMoment } from "../parts/when.ts";
import { StepsCard } from "../transactions/StepsCard.tsx";
import { useSend } from "../transactions/useSend.ts";
import { openConnect } from "../wallet/walletDoor.ts";
import { useWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";
import { entryName, formatWeight, windowLength } from "./measure.ts";
import { useContest, useEntries, usePhase } from "./useContest.ts";
import "./ranking.css";
import "./result.css";

/** Entries that one call of `count` takes: well inside a block. */
const page = 500;

/** The count after the close, then the ten ranks with their prizes. */
export function ResultTab() {
  const contest = useContest().data?.contest;
  const entries = useEntries().data?.entries ?? [];
  if (contest === undefined) return null;
  return contest.result === null ? <Counting contest={contest} /> : <Result contest={contest} entries={entries} />;
}

function Counting({ contest }: { readonly contest: ContestView }) {
  const { send, steps, busy } = useSend("result");
  const { status } = useWallet();
  const phase = usePhase(contest);
  const said = words.result;
  const counted = contest.counted >= contest.entryCount;
  const run = async () => {
    if (status !== "connected") return openConnect();
    const made = counted
      ? (await import("../transactions/finalizeContest.ts")).finalizeContest(contest)
      : (await import("../transactions/countEntries.ts")).countEntries(contest, page);
    await send(made);
  };
  return (
    <div className="stack">
      <div className="sheet result-note">
        <h2>{said.countingTitle}</h2>
        <p className="quiet">{said.counting(contest.counted, contest.entryCount)}</p>
        <p>
          <button
            type="button"
            className="btn btn-grip"
            disabled={busy || phase !== "counting"}
            onClick={() => void run()}
            data-testid="count"
          >
            {status !== "connected" ? words.drop.connectBack : counted ? said.finalize : said.countNow}
          </button>
        </p>
      </div>
      <StepsCard steps={steps} />
    </div>
  );
}

function Result({ contest, entries }: { readonly contest: ContestView; readonly entries: readonly EntryView[] }) {
  const { send, steps, busy } = useSend("result");
  const { status, address } = useWallet();
  const [naming, setNaming] = useState<number | null>(null);
  const said = words.result;
  const { result } = contest;
  if (result === null) return null;
  const held = result.entryIds.filter((id) => id > 0).length;
  const { prizes } = dividePot(BigInt(result.pot), contest.rules.split, held);
  const amount = (wei: bigint | string) => formatAmount(BigInt(wei), contest.prizeToken.decimals);
  const pay = async (rank: number) => {
    if (status !== "connected") return openConnect();
    await send((await import("../transactions/claimPrize.ts")).claimPrize(contest, rank));
  };

  return (
    <div className="stack">
      <div className="sheet">
        <div className="truth">
          <p>
            <Badge tone="proven" washer="proven">
              {words.phase.names.final}
            </Badge>
            <span>
              {said.finalAt(result.block.number.toLocaleString("en-GB"), localMoment(result.block.timestamp))}
            </span>
          </p>
          <Link className="btn" to="/audit">
            {words.ranking.recount}
          </Link>
        </div>
        <table className="rank result" data-testid="result">
          <caption className="vh">{said.heading}</caption>
          <thead>
            <tr>
              <th scope="col">{said.rank}</th>
              <th scope="col">{said.entry}</th>
              <th scope="col" className="num only-wide">
                {said.tally}
              </th>
              <th scope="col" className="num">
                {words.ranking.prize(contest.prizeToken.symbol)}
              </th>
              <th scope="col" className="num">
                <span className="vh">{said.pay}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {result.entryIds.map((id, index) => {
              const rank = index + 1;
              const entry = entries.find(({ entryId }) => entryId === id);
              const claim = contest.claims.find((other) => other.rank === rank);
              if (entry === undefined) {
                return (
                  <tr key={rank}>
                    <td className="figure faint">{rank}</td>
                    <td className="faint" colSpan={4}>
                      {said.nobody}
                    </td>
                  </tr>
                );
              }
              const yours = entry.author === address;
              return (
                <tr key={rank} data-testid={`result-row-${rank}`}>
                  <td className="figure">{rank}</td>
                  <td>
                    <div className="rank-entry">
                      <Drawing
                        name={entryName(entry)}
                        category={entry.manifest.state === "present" ? entry.manifest.manifest.category : "other"}
                      />
                      <Link to="/contest/$address/entry/$id" params={{ address: contest.address, id: String(id) }}>
                        <b>{entryName(entry)}</b>
                        <small>{yours ? words.common.You : shorten(entry.author)}</small>
                      </Link>
                    </div>
                  </td>
                  <td className="num figure rank-tally only-wide">{formatWeight(contest, entry.tally)}</td>
                  <td className="num">{amount(prizes[index] ?? 0n)}</td>
                  <td className="num result-action">
                    {claim !== undefined ? (
                      <Badge tone="proven" washer="proven">
                        {/^0x0+$/.test(claim.to) ? said.paidPlain : said.paid(shorten(claim.to))}
                      </Badge>
                    ) : (
                      <span className="row result-pay">
                        <button
                          type="button"
                          className="btn"
                          disabled={busy}
                          onClick={() => void pay(rank)}
                          data-testid={`claim-${rank}`}
                        >
                          {yours ? said.payYou : said.pay}
                        </button>
                        {yours ? (
                          <button
                            type="button"
                            className="btn btn-bare"
                            disabled={busy}
                            onClick={() => setNaming(rank)}
                          >
                            {said.payTo}
                          </button>
                        ) : null}
                      </span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <StepsCard steps={steps} />
      <div className="sheet result-note">
        <h2>{said.howTitle}</h2>
        <p className="quiet">{said.how(windowLength(contest))}</p>
        {result.unheld === "0" ? null : (
          <p className="quiet">{said.unheld(`${amount(result.unheld)} ${contest.prizeToken.symbol}`)}</p>
        )}
        <h3>{said.takeBack}</h3>
        <p className="quiet">
          {said.takeBackText} <Link to="/coins">{words.site.coins}</Link>
        </p>
      </div>
      <PayElsewhere
        rank={naming}
        onClose={() => setNaming(null)}
        onPay={async (rank, to) => {
          setNaming(null);
          await send((await import("../transactions/claimPrizeTo.ts")).claimPrizeTo(contest, { rank, to }));
        }}
      />
    </div>
  );
}

type ElsewhereProps = {
  readonly rank: number | null;
  readonly onClose: () => void;
  readonly onPay: (rank: number, to: Address) => Promise<void>;
};

function PayElsewhere({ rank, onClose, onPay }: ElsewhereProps) {
  const [to, setTo] = useState("");
  const [tried, setTried] = useState(false);
  const said = words.result;
  const valid = /^0x[0-9a-fA-F]{40}$/.test(to.trim());
  return (
    <Dialog open={rank !== null} title={said.payTo} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (valid && rank !== null) void onPay(rank, to.trim() as Address);
        }}
      >
        <div className="field">
          <label htmlFor="prize-to">{said.payToLabel}</label>
          <input
            className="in mono"
            id="prize-to"
            value={to}
            aria-invalid={tried && !valid}
            aria-describedby="prize-to-error"
            onChange={(event) => setTo(event.target.value)}
          />
          <p className="field-error" id="prize-to-error">
            {tried && !valid ? said.payToBad : null}
          </p>
        </div>
        <button type="submit" className="btn btn-grip">
          {said.payYou}
        </button>
      </form>
    </Dialog>
  );
}
