import type { ReactNode } from "react";
import type { ContestView } from "#protocol/http.ts";
import { modeOf, ZERO_ADDRESS } from "#protocol/rules.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { localMoment, utcMoment } from "../parts/when.ts";
import { words } from "../words/words.ts";
import { formatBytes, formatCoins, formatWeight, windowLength } from "./measure.ts";
import { useContest } from "./useContest.ts";
import "./rules.css";

/** The rules as a person would tell them, with the numbers of this contest. */
export function RulesTab() {
  const contest = useContest().data?.contest;
  if (contest === undefined) return null;
  const { rules } = contest;
  const said = words.rules;
  const open = modeOf(rules) === "open";
  return (
    <div className="rules sheet">
      <header>
        <h2>{said.heading}</h2>
        <p className="quiet">{said.fixed}</p>
      </header>
      <Rule title={said.who}>
        <p>
          {open
            ? said.open
            : said.personhood(formatCoins(contest, rules.entryCap), formatCoins(contest, rules.personCap))}
        </p>
      </Rule>
      <Rule title={said.when}>
        <Times contest={contest} />
      </Rule>
      <Rule title={said.counting}>
        <p>{said.countingText(windowLength(contest))}</p>
        {rules.minTally === "0" ? null : <p>{said.minTally(formatWeight(contest, rules.minTally))}</p>}
        <p>{said.ties}</p>
      </Rule>
      <Rule title={said.prizes}>
        <p>{said.prizesText}</p>
        <ol className="rules-split">
          {rules.split.map((share, index) =>
            share === 0 ? null : (
              // biome-ignore lint/suspicious/noArrayIndexKey: the index is the rank
              <li key={index}>
                <span className="faint">{said.rank(index + 1)}</span> {share / 100} %
              </li>
            ),
          )}
        </ol>
        <p>{said.prizesRest}</p>
      </Rule>
      <Rule title={said.entering}>
        <p>
          {said.enteringText(
            formatBytes(rules.maxModelBytes),
            formatCoins(contest, rules.entryBond),
            rules.maxEntries.toLocaleString("en-GB"),
          )}
        </p>
      </Rule>
      <Rule title={said.back}>
        <p>{said.backText}</p>
      </Rule>
      <Rule title={said.addresses}>
        <dl className="rules-addresses">
          <Contract name={said.contract} address={contest.address} />
          <Contract name={`${said.coin} (${contest.coin.symbol})`} address={rules.coin} />
          {rules.prizeToken === rules.coin ? null : (
            <Contract name={`${said.prizeToken} (${contest.prizeToken.symbol})`} address={rules.prizeToken} />
          )}
          <Contract name={said.arbitrator} address={rules.arbitrator} />
          {open ? null : <Contract name={said.adapter} address={rules.personhood} />}
          <Contract name={said.declaration} address={rules.declarationHash} />
        </dl>
      </Rule>
    </div>
  );
}

function Rule({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      <div>{children}</div>
    </section>
  );
}

function Times({ contest }: { readonly contest: ContestView }) {
  const names = ["entriesOpen", "votesOpen", "countFrom", "votesClose"] as const;
  return (
    <dl className="rules-times">
      {names.map((name) => (
        <div key={name}>
          <dt>{words.rules.times[name]}</dt>
          <dd>{words.phase.moment(localMoment(contest.rules[name]), utcMoment(contest.rules[name]))}</dd>
        </div>
      ))}
    </dl>
  );
}

function Contract({ name, address }: { readonly name: string; readonly address: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {address === ZERO_ADDRESS ? (
          words.rules.noArbitrator
        ) : (
          <>
            <code>{address}</code>
            <CopyButton value={address} label={name} />
          </>
        )}
      </dd>
    </div>
  );
}
