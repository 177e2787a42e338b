import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useLayoutEffect, useRef } from "react";
import type { At, ContestView, EntryView, RankRow } from "#protocol/http.ts";
import { modeOf } from "#protocol/rules.ts";
import { useConfig } from "../config/useConfig.ts";
import { type From, rankingQuery } from "../data/queries.ts";
import { formatAmount } from "../parts/amount.ts";
import { Badge } from "../parts/Badge.tsx";
import { Boundary } from "../parts/Boundary.tsx";
import { Drawing } from "../parts/Drawing.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Empty, Failed, Waiting } from "../parts/States.tsx";
import { shorten } from "../parts/shorten.ts";
import { localSecond } from "../parts/when.ts";
import { words } from "../words/words.ts";
import { entryName, formatCoins, formatWeight, rowName, windowLength } from "./measure.ts";
import { stakeOn, useContest, useContestAddress, useEntries, useVoter } from "./useContest.ts";
import "./ranking.css";

const BumpChart = lazy(() => import("./BumpChart.tsx").then(({ BumpChart: chart }) => ({ default: chart })));

/** The order by projected score, with the block it is true at. */
export function RankingTab() {
  const config = useConfig();
  const address = useContestAddress();
  const contest = useContest().data?.contest;
  const entries = useEntries().data?.entries ?? [];
  const query = useQuery(rankingQuery(config, address));
  if (contest === undefined) return null;
  if (query.data === undefined) {
    return query.error === null ? (
      <Waiting what={words.ranking.what} />
    ) : (
      <Failed title={words.ranking.failed} error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  const { rows, at, from } = query.data;
  return (
    <>
      <h2 className="vh">{words.ranking.heading}</h2>
      <div className="sheet">
        <Truth at={at} from={from} />
        <RankTable contest={contest} rows={rows} entries={entries} from={from} />
      </div>
      <div className="rank-below">
        <Boundary>
          <Suspense fallback={<Waiting what={words.ranking.chartTitle} />}>
            <BumpChart contest={contest} rows={rows} from={from} />
          </Suspense>
        </Boundary>
        <HowToRead contest={contest} />
      </div>
    </>
  );
}

function Truth({ at, from }: { readonly at: At; readonly from: From }) {
  const isFinal = at.block.number <= at.finalized;
  return (
    <div className="truth">
      <p>
        {from === "chain" ? (
          <Badge washer="late">{words.ranking.chainRead}</Badge>
        ) : isFinal ? (
          <Badge tone="proven" washer="proven">
            {words.ranking.finalised}
          </Badge>
        ) : (
          <Badge washer="late">{words.ranking.newest}</Badge>
        )}
        <span>
          {words.ranking.trueAt}{" "}
          <b className="mono" data-testid="true-at">
            {at.block.number.toLocaleString("en-GB")}
          </b>
        </span>
        <span className="faint">{words.ranking.when(localSecond(at.block.timestamp))}</span>
        {isFinal || from === "chain" ? null : <span className="faint">{words.ranking.notFinal}</span>}
      </p>
      <Link className="btn" to="/audit">
        <Icon name="recount" />
        {words.ranking.recount}
      </Link>
    </div>
  );
}

type TableProps = {
  readonly contest: ContestView;
  readonly rows: readonly RankRow[];
  readonly entries: readonly EntryView[];
  readonly from: From;
};

function RankTable({ contest, rows, entries, from }: TableProps) {
  const voter = useVoter().data?.voter;
  const said = words.ranking;
  const ranked = rows.filter(({ rank }) => rank !== null);
  const idle = rows.filter(({ rank, status }) => rank === null && (status === "live" || status === "challenged"));
  const removed = rows.filter(({ status }) => status === "removed").length;
  const retracted = rows.filter(({ status }) => status === "retracted").length;
  const best = ranked.reduce((most, { score }) => (BigInt(score) > most ? BigInt(score) : most), 1n);
  const places = contest.rules.split.filter((share) => share > 0).length;
  const body = useSlidingRows(ranked.map(({ entryId }) => entryId).join());
  const open = modeOf(contest.rules) === "open";
  const symbol = contest.coin.symbol;

  if (ranked.length === 0) {
    return (
      <div style={{ padding: "var(--s-4)" }}>
        <Empty title={said.emptyTitle}>{said.empty}</Empty>
      </div>
    );
  }
  const row = (entry: RankRow) => (
    <Row
      key={entry.entryId}
      contest={contest}
      row={entry}
      entries={entries}
      best={best}
      from={from}
      yours={stakeOn(voter, entry.entryId)}
    />
  );
  return (
    <table className="rank" data-testid="ranking">
      <thead>
        <tr>
          <th scope="col">{said.rank}</th>
          <th scope="col">{said.entry}</th>
          <th scope="col" className="rank-scale only-wide">
            <span className="vh">{said.scale}</span>
          </th>
          <th scope="col" className="num">
            {open ? said.tallyUnit(symbol) : said.tallyRoot}
          </th>
          <th scope="col" className="num rank-last">
            <span className="only-wide">{said.change}</span>
            <span className="only-narrow">{said.changeShort}</span>
          </th>
          <th scope="col" className="num only-wide">
            {said.voters}
          </th>
          <th scope="col" className="num only-wide rank-prize">
            {said.prize(contest.prizeToken.symbol)}
          </th>
          <th scope="col" className="num apart only-wide">
            {said.support(symbol)}
            <br />
            <span className="quiet">{said.supportNote}</span>
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        {ranked.slice(0, places).map(row)}
        {ranked.length > places ? <Cut text={said.below} /> : null}
        {ranked.slice(places).map(row)}
        {idle.length > 0 ? <Cut text={said.unranked} /> : null}
        {idle.map(row)}
        {removed + retracted > 0 ? <Cut text={said.gone(removed, retracted)} /> : null}
      </tbody>
    </table>
  );
}

function Cut({ text }: { readonly text: string }) {
  return (
    <tr className="cut">
      <td colSpan={8}>{text}</td>
    </tr>
  );
}

type RowProps = {
  readonly contest: ContestView;
  readonly row: RankRow;
  readonly entries: readonly EntryView[];
  readonly best: bigint;
  readonly from: From;
  readonly yours: bigint;
};

function Row({ contest, row, entries, best, from, yours }: RowProps) {
  const entry = entries.find(({ entryId }) => entryId === row.entryId);
  const name = entry === undefined ? rowName(row) : entryName(entry);
  const category = entry?.manifest.state === "present" ? entry.manifest.manifest.category : "other";
  const known = from === "indexer";
  return (
    <tr data-row={row.entryId} data-testid={`rank-row-${row.entryId}`}>
      <td className={row.rank === null ? "figure faint" : "figure"}>{row.rank ?? "–"}</td>
      <td>
        <div className="rank-entry">
          <Drawing name={name} category={category} />
          <Link to="/contest/$address/entry/$id" params={{ address: contest.address, id: String(row.entryId) }}>
            <b>{name}</b>
            <small>
              <span className="only-wide">{shorten(row.author)}</span>
              {known ? (
                <span className="only-narrow">
                  {words.ranking.votersN(row.voters)}
                  {row.support === "0" ? null : (
                    <>
                      <br />
                      {words.ranking.supportShort(formatCoins(contest, row.support))}
                    </>
                  )}
                </span>
              ) : null}
            </small>
          </Link>
          {yours > 0n ? (
            <span className="only-wide">
              <Badge tone="yours" washer="yours">
                {words.entries.yours(formatAmount(yours, contest.coin.decimals))}
              </Badge>
            </span>
          ) : null}
        </div>
      </td>
      <td className="rank-scale only-wide">
        <span className={yours > 0n ? "scale scale-yours" : "scale"}>
          <i style={{ width: `${Number((BigInt(row.score) * 1000n) / best) / 10}%` }} />
        </span>
      </td>
      <td className="num figure rank-tally">{formatWeight(contest, row.tally)}</td>
      <td className="num rank-last">
        <Change row={row} />
      </td>
      <td className="num only-wide">{known ? row.voters : "–"}</td>
      <td className="num only-wide rank-prize">
        {row.prize === "0" ? "–" : formatAmount(BigInt(row.prize), contest.prizeToken.decimals)}
      </td>
      <td className="num apart only-wide">{known ? formatAmount(BigInt(row.support), contest.coin.decimals) : "–"}</td>
    </tr>
  );
}

function Change({ row }: { readonly row: RankRow }) {
  if (row.rank === null) return <span className="change change-none">–</span>;
  if (row.rankBefore === null) return <span className="change change-none">{words.ranking.fresh}</span>;
  const places = row.rankBefore - row.rank;
  if (places === 0) {
    return (
      <span className="change change-none">
        <span aria-hidden="true">–</span>
        <span className="vh">{words.ranking.same}</span>
      </span>
    );
  }
  return (
    <span className="change">
      <span aria-hidden="true">
        {places > 0 ? "▲" : "▼"} {Math.abs(places)}
      </span>
      <span className="vh">{places > 0 ? words.ranking.up(places) : words.ranking.down(-places)}</span>
    </span>
  );
}

/** Lets rows that changed their place slide there from where they were. Nothing moves where motion is not wanted. */
function useSlidingRows(order: string) {
  const body = useRef<HTMLTableSectionElement>(null);
  const places = useRef(new Map<string, number>());
  // biome-ignore lint/correctness/useExhaustiveDependencies: the order is what makes rows move
  useLayoutEffect(() => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const next = new Map<string, number>();
    for (const row of body.current?.querySelectorAll<HTMLElement>("tr[data-row]") ?? []) {
      const id = row.dataset["row"] ?? "";
      const before = places.current.get(id);
      next.set(id, row.offsetTop);
      if (before !== undefined && before !== row.offsetTop && !still) {
        row.animate([{ transform: `translateY(${before - row.offsetTop}px)` }, { transform: "none" }], {
          duration: 220,
          easing: "cubic-bezier(0.2, 0.7, 0.2, 1)",
        });
      }
    }
    places.current = next;
  }, [order]);
  return body;
}

function HowToRead({ contest }: { readonly contest: ContestView }) {
  const said = words.ranking;
  const open = modeOf(contest.rules) === "open";
  return (
    <aside className="note sheet">
      <h2>{said.reading}</h2>
      <p>
        <b className="strong">{said.readTallyB}</b>
        {said.readTally(windowLength(contest))}
      </p>
      <p>
        <b className="strong">{said.readWeightOpenB}</b>
        {open ? said.readWeightOpen : said.readWeightPerson(formatCoins(contest, contest.rules.entryCap))}
      </p>
      <p>
        <b className="strong">{said.readSupportB}</b>
        {open ? said.readSupportOpen : said.readSupportPerson}
      </p>
      <p>{said.readTies}</p>
      <Link to="/contest/$address/rules" params={{ address: contest.address }}>
        {said.allRules}
      </Link>
    </aside>
  );
}
