import { useQuery } from "@tanstack/react-query";
import { curveBumpX, line } from "d3-shape";
import { useState } from "react";
import type { ContestView, HistoryPoint, RankRow } from "#protocol/http.ts";
import { useConfig } from "../config/useConfig.ts";
import { type From, historyQuery } from "../data/queries.ts";
import { Empty, Failed, Waiting } from "../parts/States.tsx";
import { Washer } from "../parts/Washer.tsx";
import { localMoment } from "../parts/when.ts";
import { words } from "../words/words.ts";
import { type BumpLine, biggestClimber, bumpLines } from "./bumpLines.ts";
import { rowName } from "./measure.ts";
import { stakeOn, useVoter } from "./useContest.ts";

type ChartProps = { readonly contest: ContestView; readonly rows: readonly RankRow[]; readonly from: From };
type Size = { readonly width: number; readonly points: number; readonly labels: number };

const wide: Size = { width: 830, points: 12, labels: 140 };
const narrow: Size = { width: 340, points: 6, labels: 112 };
const places = 10;
const rowHeight = 40;
const top = 22;

/** Ranks over time: yours in orange, the biggest climber in ink, the rest grey; the same as a table below. */
export function BumpChart({ contest, rows, from }: ChartProps) {
  const config = useConfig();
  const query = useQuery({ ...historyQuery(config, contest.address, 60), enabled: from === "indexer" });
  const voter = useVoter().data?.voter;
  const [table, setTable] = useState(false);
  if (query.data === undefined) {
    if (from === "chain") return <Empty title={words.ranking.chartTitle}>{words.ranking.chartNeedsIndexer}</Empty>;
    return query.error === null ? (
      <Waiting what={words.ranking.chartTitle} />
    ) : (
      <Failed title={words.ranking.chartFailed} error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  const points = query.data.points;
  const lines = bumpLines(points, places);
  const first = points[0];
  const last = points.at(-1);
  if (lines.length === 0 || first === undefined || last === undefined) {
    return <Empty title={words.ranking.chartEmptyTitle}>{words.ranking.chartEmpty}</Empty>;
  }
  const names = new Map(rows.map((row) => [row.entryId, rowName(row)]));
  const climber = biggestClimber(lines);
  const kindOf = (entryId: number) =>
    stakeOn(voter, entryId) > 0n ? "yours" : entryId === climber ? "climber" : undefined;
  const yours = lines.some(({ entryId }) => kindOf(entryId) === "yours");
  const { countFrom } = contest.rules;
  const drawing = { points, lines, names, kindOf, contest };

  return (
    <figure className="bump sheet">
      <div className="bump-head">
        <h2>{words.ranking.chartTitle}</h2>
        <span className="key">
          {yours ? (
            <span>
              <Washer kind="yours" />
              {words.ranking.chartYours}
            </span>
          ) : null}
          {climber !== null && kindOf(climber) === "climber" ? (
            <span>
              <Washer kind="ink" />
              {words.ranking.chartClimber}
            </span>
          ) : null}
        </span>
      </div>
      <div className="only-wide">
        <Lines {...drawing} size={wide} />
      </div>
      <div className="only-narrow">
        <Lines {...drawing} size={narrow} />
      </div>
      <figcaption className="small quiet">
        {last.timestamp >= countFrom
          ? words.ranking.chartWindow(localMoment(countFrom))
          : words.ranking.chartWindowLater(localMoment(countFrom))}{" "}
        <button type="button" className="link" aria-expanded={table} onClick={() => setTable(!table)}>
          {words.ranking.asTable}
        </button>
      </figcaption>
      {table ? <DataTable points={points} lines={lines} names={names} /> : null}
    </figure>
  );
}

type LinesProps = {
  readonly points: readonly HistoryPoint[];
  readonly lines: readonly BumpLine[];
  readonly names: ReadonlyMap<number, string>;
  readonly kindOf: (entryId: number) => "yours" | "climber" | undefined;
  readonly contest: ContestView;
  readonly size: Size;
};

function Lines({ points, lines, names, kindOf, contest, size }: LinesProps) {
  const held = Math.max(...lines.flatMap(({ ranks }) => ranks.map((rank) => rank ?? 0)));
  const height = top + (held - 1) * rowHeight + 46;
  const left = 40;
  const right = size.width - size.labels;
  const from = points[0]?.timestamp ?? 0;
  const to = points.at(-1)?.timestamp ?? 0;
  const x = (time: number) => (to === from ? right : left + ((time - from) / (to - from)) * (right - left));
  const y = (rank: number) => top + (rank - 1) * rowHeight;
  const path = line<{ readonly time: number; readonly rank: number }>()
    .x(({ time }) => x(time))
    .y(({ rank }) => y(rank))
    .curve(curveBumpX);
  const kept = spread(points.length, size.points);
  const { countFrom, votesClose } = contest.rules;
  const shadeFrom = x(Math.max(countFrom, from));
  const shadeTo = x(Math.min(votesClose, to));
  const ticks = spread(points.length, size === wide ? 7 : 4);
  const strong = [...lines].sort(
    (a, b) => Number(kindOf(a.entryId) === "yours") - Number(kindOf(b.entryId) === "yours"),
  );

  return (
    <svg
      viewBox={`0 0 ${size.width} ${height}`}
      role="img"
      aria-label={words.ranking.chartLabel(localMoment(from), localMoment(to))}
    >
      {to > countFrom ? (
        <rect
          className="bump-window"
          x={shadeFrom - 6}
          y={4}
          width={Math.max(12, shadeTo - shadeFrom + 14)}
          height={height - 34}
          rx={4}
        />
      ) : null}
      {Array.from({ length: held }, (_, index) => index + 1).map((rank) => (
        <text key={rank} x={left - 18} y={y(rank) + 4.5} textAnchor="end">
          {rank}
        </text>
      ))}
      {strong.map(({ entryId, ranks }) => {
        const marks = kept.flatMap((index) => {
          const rank = ranks[index];
          const point = points[index];
          return rank === null || rank === undefined || point === undefined ? [] : [{ time: point.timestamp, rank }];
        });
        const start = marks[0];
        const end = marks.at(-1);
        if (start === undefined || end === undefined) return null;
        const kind = kindOf(entryId);
        return (
          <g key={entryId} className={kind}>
            <path d={path(marks) ?? ""} />
            <circle cx={x(start.time)} cy={y(start.rank)} r={4.5} />
            <circle cx={x(end.time)} cy={y(end.rank)} r={kind === undefined ? 4.5 : 6} />
            <text x={right + 16} y={y(end.rank) + 4.5}>
              <tspan>{end.rank}</tspan>
              <tspan x={right + 40}>
                {cut(names.get(entryId) ?? words.common.unknownName(entryId), size === wide ? 14 : 10)}
              </tspan>
            </text>
          </g>
        );
      })}
      {ticks.map((index) => (
        <text key={`tick-${index}`} x={x(points[index]?.timestamp ?? 0)} y={height - 6} textAnchor="middle">
          {tickLabel(points[index]?.timestamp ?? 0, to - from)}
        </text>
      ))}
    </svg>
  );
}

function DataTable({ points, lines, names }: Pick<LinesProps, "points" | "lines" | "names">) {
  const kept = spread(points.length, 24);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard
    <div className="table-scroll" tabIndex={0} role="region" aria-label={words.ranking.tableTitle}>
      <table>
        <caption className="vh">{words.ranking.tableTitle}</caption>
        <thead>
          <tr>
            <th scope="col">{words.ranking.time}</th>
            {lines.map(({ entryId }) => (
              <th key={entryId} scope="col" className="num">
                {names.get(entryId) ?? words.common.unknownName(entryId)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kept.map((index) => (
            <tr key={points[index]?.timestamp ?? index}>
              <th scope="row">{localMoment(points[index]?.timestamp ?? 0)}</th>
              {lines.map(({ entryId, ranks }) => (
                <td key={entryId} className="num">
                  {ranks[index] ?? "–"}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** At most `wanted` indices of `length`, evenly spread, the first and the last among them. */
function spread(length: number, wanted: number): readonly number[] {
  if (length <= wanted) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: wanted }, (_, step) => Math.round((step * (length - 1)) / (wanted - 1)));
}

function cut(name: string, length: number): string {
  return name.length > length ? `${name.slice(0, length - 1)}…` : name;
}

const dayLabel = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const timeLabel = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

const weekdayLabel = new Intl.DateTimeFormat("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });
const days = 86_400;

/** A span of hours names the time, of a few days the weekday with it, a longer one the date. */
function tickLabel(time: number, span: number): string {
  const label = span > 5 * days ? dayLabel : span > 0.8 * days ? weekdayLabel : timeLabel;
  return label.format(new Date(time * 1000)).replace(",", "");
}
