import { Link } from "@tanstack/react-router";
import type { ContestView } from "#protocol/http.ts";
import { modeOf } from "#protocol/rules.ts";
import { dividePot } from "#protocol/standings.ts";
import type { From } from "../data/queries.ts";
import { formatAmount } from "../parts/amount.ts";
import { Badge } from "../parts/Badge.tsx";
import { localMoment } from "../parts/when.ts";
import { words } from "../words/words.ts";
import { Countdown } from "./Countdown.tsx";
import { PhaseTicket, turningPoint } from "./PhaseTicket.tsx";
import { usePhase } from "./useContest.ts";

type PlateProps = { readonly contest: ContestView; readonly from: From };

/** The contest's head on its first tab: what it is, the pot, the phase. */
export function Plate({ contest, from }: PlateProps) {
  const open = modeOf(contest.rules) === "open";
  const shares = contest.rules.split
    .filter((basisPoints) => basisPoints > 0)
    .map((basisPoints) => String(basisPoints / 100));
  const list = shares.length > 1 ? `${shares.slice(0, -1).join(", ")} and ${shares.at(-1)}` : (shares[0] ?? "");
  return (
    <section className="plate">
      <div className="wrap plate-cols">
        <div>
          <p className="row small">
            <Badge>{open ? words.contest.modeOpen : words.contest.modePersonhood}</Badge>
            <span className="faint">{words.home.entries(contest.entryCount)}</span>
          </p>
          <h1>{words.contest.title}</h1>
          <p className="plate-lede">{open ? words.contest.ledeOpen : words.contest.ledePersonhood}</p>
          <dl className="figures">
            <div className="large">
              <dt>{words.contest.pot}</dt>
              <dd className="figure">
                <Prize contest={contest} amount={BigInt(contest.pot)} />
              </dd>
            </div>
            <div>
              <dt>{words.contest.first}</dt>
              <dd className="figure">
                <Prize contest={contest} amount={firstPrize(contest)} />
              </dd>
            </div>
            {from === "indexer" ? <Voters contest={contest} /> : null}
          </dl>
          <div className="split-bar" role="img" aria-label={words.contest.splitLabel(list)}>
            {contest.rules.split.map((basisPoints, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the index is the rank
              <i key={index} style={{ flex: basisPoints }} />
            ))}
          </div>
          <p className="plate-after small faint">
            {words.contest.split(shares.length, list)}{" "}
            <Link to="/powers" hash="capture">
              {words.contest.capture}
            </Link>
          </p>
        </div>
        <PhaseTicket contest={contest} />
      </div>
    </section>
  );
}

/** The same in two lines, on the other tabs. */
export function LeanPlate({ contest, from }: PlateProps) {
  const phase = usePhase(contest);
  const moment = turningPoint(contest, phase);
  return (
    <section className="plate plate-lean">
      <div className="wrap">
        <div>
          <p className="small faint">
            {words.home.entries(contest.entryCount)} ·{" "}
            {modeOf(contest.rules) === "open" ? words.contest.modeOpen : words.contest.modePersonhood}
          </p>
          <h1>{words.contest.title}</h1>
        </div>
        <dl className="figures">
          <div>
            <dt>{words.phase.until[phase]}</dt>
            <dd>
              {phase === "counting" || phase === "final" ? (
                <span className="figure clock">{localMoment(moment)}</span>
              ) : (
                <Countdown to={moment} />
              )}
            </dd>
          </div>
          <div>
            <dt>{words.contest.pot}</dt>
            <dd className="figure">
              <Prize contest={contest} amount={BigInt(contest.pot)} />
            </dd>
          </div>
          {from === "indexer" ? <Voters contest={contest} /> : null}
        </dl>
      </div>
    </section>
  );
}

function Voters({ contest }: { readonly contest: ContestView }) {
  return (
    <div>
      <dt>{modeOf(contest.rules) === "open" ? words.contest.wallets : words.contest.voters}</dt>
      <dd className="figure">{contest.voters.toLocaleString("en-GB")}</dd>
    </div>
  );
}

function Prize({ contest, amount }: { readonly contest: ContestView; readonly amount: bigint }) {
  return (
    <>
      {formatAmount(amount, contest.prizeToken.decimals)}
      <span className="unit">{contest.prizeToken.symbol}</span>
    </>
  );
}

function firstPrize(contest: ContestView): bigint {
  return dividePot(BigInt(contest.pot), contest.rules.split, 10).prizes[0] ?? 0n;
}
