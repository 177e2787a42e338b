import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import type { ContestView } from "#protocol/http.ts";
import { phaseAt } from "#protocol/rules.ts";
import { useConfig } from "../config/useConfig.ts";
import { useChainNow } from "../data/clock.ts";
import { contestsQuery } from "../data/queries.ts";
import { formatAmount } from "../parts/amount.ts";
import { Badge } from "../parts/Badge.tsx";
import { Empty, Failed, Waiting } from "../parts/States.tsx";
import { shorten } from "../parts/shorten.ts";
import { localMoment } from "../parts/when.ts";
import { useTitle } from "../shell/useTitle.ts";
import { words } from "../words/words.ts";
import "./home.css";

/** The contests of this site; with a single one, that contest itself. */
export function HomeScreen() {
  const { contests } = useConfig();
  const [only, second] = contests;
  useTitle(words.home.title);
  if (only !== undefined && second === undefined)
    return <Navigate to="/contest/$address" params={{ address: only }} replace />;
  return (
    <div className="wrap page">
      <div className="page-head">
        <h1>{words.home.title}</h1>
        <p>{words.home.lede}</p>
      </div>
      <Contests />
    </div>
  );
}

function Contests() {
  const config = useConfig();
  const query = useQuery(contestsQuery(config));
  const now = useChainNow("minute");
  if (query.data === undefined) {
    return query.error === null ? (
      <Waiting what={words.home.what} />
    ) : (
      <Failed title={words.home.failed} error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  const listed = query.data.contests.filter(({ address }) => config.contests.includes(address));
  if (listed.length === 0) return <Empty title={words.home.emptyTitle}>{words.home.empty}</Empty>;
  const groups = [
    {
      title: words.home.live,
      contests: listed.filter((contest) => ["entry", "voting"].includes(phaseNow(contest, now))),
    },
    { title: words.home.upcoming, contests: listed.filter((contest) => phaseNow(contest, now) === "upcoming") },
    {
      title: words.home.past,
      contests: listed.filter((contest) => ["counting", "final"].includes(phaseNow(contest, now))),
    },
  ];
  return (
    <div className="stack">
      {groups
        .filter(({ contests }) => contests.length > 0)
        .map(({ title, contests }) => (
          <section key={title} className="stack">
            <h2>{title}</h2>
            <ul className="contest-list">
              {contests.map((contest) => (
                <ContestCard key={contest.address} contest={contest} now={now} />
              ))}
            </ul>
          </section>
        ))}
    </div>
  );
}

function ContestCard({ contest, now }: { readonly contest: ContestView; readonly now: number }) {
  const phase = phaseNow(contest, now);
  const { entriesOpen, votesClose } = contest.rules;
  return (
    <li className="sheet contest-card">
      <p className="row small">
        <Badge>{words.phase.names[phase]}</Badge>
        <span className="mono faint">{shorten(contest.address)}</span>
      </p>
      <h3>
        <Link to="/contest/$address" params={{ address: contest.address }}>
          {words.contest.title}
        </Link>
      </h3>
      <p className="quiet small">
        {phase === "upcoming"
          ? words.home.opens(localMoment(entriesOpen))
          : phase === "entry" || phase === "voting"
            ? words.home.closes(localMoment(votesClose))
            : words.home.over}
      </p>
      <p className="row small quiet">
        <span>{words.home.entries(contest.entryCount)}</span>
        <span>{words.home.voters(contest.voters)}</span>
        <span>
          {words.home.pot} {formatAmount(BigInt(contest.pot), contest.prizeToken.decimals)} {contest.prizeToken.symbol}
        </span>
      </p>
    </li>
  );
}

function phaseNow(contest: ContestView, now: number) {
  return phaseAt(contest.rules, now, contest.result !== null);
}
