import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ContestView } from "#protocol/http.ts";
import { modeOf, ZERO_ADDRESS } from "#protocol/rules.ts";
import { useConfig } from "../config/useConfig.ts";
import { formatCoins, windowLength } from "../contest/measure.ts";
import { contestQuery, entriesQuery } from "../data/queries.ts";
import { formatAmount } from "../parts/amount.ts";
import { Icon } from "../parts/Icon.tsx";
import { useTitle } from "../shell/useTitle.ts";
import { words } from "../words/words.ts";
import { captureCost } from "./captureCost.ts";
import "./powers.css";

/** Each role's power, who stands behind it, what it would cost to capture the pot, and what nothing here can promise. */
export function PowersScreen() {
  const said = words.powers;
  useTitle(said.title);
  useEffect(() => {
    const wanted = location.hash.slice(1);
    if (wanted !== "") document.getElementById(wanted)?.scrollIntoView();
  }, []);
  return (
    <div className="wrap page stack powers">
      <div className="page-head">
        <h1>{said.title}</h1>
        <p>{said.lede}</p>
      </div>
      <div className="sheet powers-sheet">
        <table>
          <thead>
            <tr>
              <th scope="col">{said.role}</th>
              <th scope="col">{said.can}</th>
              <th scope="col">{said.cannot}</th>
            </tr>
          </thead>
          <tbody>
            {said.roles.map(({ who, can, cannot }) => (
              <tr key={who}>
                <th scope="row">{who}</th>
                <td data-label={said.can}>{can}</td>
                <td data-label={said.cannot}>{cannot}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Contests />
      <section className="sheet powers-note" id="limits">
        <h2>{said.limits}</h2>
        <p className="quiet">{said.limitsLede}</p>
        <ul>
          {said.limit.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Contests() {
  const { contests } = useConfig();
  return (
    <div className="stack" id="capture">
      {contests.map((address) => (
        <Capture key={address} address={address} />
      ))}
    </div>
  );
}

function Capture({ address }: { readonly address: ContestView["address"] }) {
  const config = useConfig();
  const contest = useQuery(contestQuery(config, address)).data?.contest;
  const entries = useQuery(entriesQuery(config, address)).data?.entries;
  const said = words.powers;
  if (contest === undefined) return null;
  const staked = (entries ?? []).reduce((sum, { weight }) => sum + BigInt(weight), 0n);
  const open = modeOf(contest.rules) === "open";
  const rent = captureCost(staked, contest.rules.votesClose - contest.rules.countFrom);
  const samePot = contest.prizeToken.address === contest.coin.address;
  return (
    <section className="sheet powers-note">
      <h2>{said.capture}</h2>
      {!open ? (
        <p>{said.capturePersonhood}</p>
      ) : staked === 0n ? (
        <p>{said.captureNone}</p>
      ) : (
        <>
          <p>
            {said.captureOpen(
              formatCoins(contest, staked),
              windowLength(contest),
              `${formatAmount(rent, contest.coin.decimals, 4)} ${contest.coin.symbol}`,
              `${formatAmount(BigInt(contest.pot), contest.prizeToken.decimals)} ${contest.prizeToken.symbol}`,
            )}
          </p>
          {samePot && BigInt(contest.pot) > rent ? (
            <p className="powers-warn">
              <Icon name="warn" />
              <span>{said.captureWarn}</span>
            </p>
          ) : null}
        </>
      )}
      <h3>{said.behind}</h3>
      <dl className="powers-behind">
        <dt>{said.coin}</dt>
        <dd>
          {contest.coin.name} ({contest.coin.symbol}) <code>{contest.coin.address}</code>
        </dd>
        <dt>{said.arbitrator}</dt>
        <dd>
          {contest.rules.arbitrator === ZERO_ADDRESS ? said.noArbitrator : <code>{contest.rules.arbitrator}</code>}
        </dd>
        <dt>{said.adapter}</dt>
        <dd>{open ? said.open : <code>{contest.rules.personhood}</code>}</dd>
      </dl>
    </section>
  );
}
