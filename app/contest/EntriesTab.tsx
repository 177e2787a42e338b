import { Link } from "@tanstack/react-router";
import { useId, useMemo, useState } from "react";
import type { ContestView, EntryView } from "#protocol/http.ts";
import type { From } from "../data/queries.ts";
import { Badge } from "../parts/Badge.tsx";
import { CopyButton } from "../parts/CopyButton.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Empty, Failed, Waiting } from "../parts/States.tsx";
import { useWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";
import { EntryTag } from "./EntryTag.tsx";
import { stakeOn, useContest, useContestAddress, useEntries, useVoter } from "./useContest.ts";
import { useDraw, useFairOrder } from "./useFairOrder.ts";
import "./entries.css";

/** How many tags are drawn at first and with each step down the page. */
const pageSize = 60;

/** The board: all entries in the visitor's own order, with search and categories. */
export function EntriesTab() {
  const contest = useContest().data;
  const query = useEntries();
  if (contest === undefined) return null;
  if (query.data === undefined) {
    return query.error === null ? (
      <Waiting what={words.entries.what} />
    ) : (
      <Failed title={words.entries.failed} error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  if (query.data.entries.length === 0) return <Empty title={words.entries.noneTitle}>{words.entries.none}</Empty>;
  return <Board contest={contest.contest} entries={query.data.entries} from={query.data.from} />;
}

type BoardProps = { readonly contest: ContestView; readonly entries: readonly EntryView[]; readonly from: From };

function Board({ contest, entries, from }: BoardProps) {
  const [search, setSearch] = useState("");
  const [category, setCategory] = useState<string | null>(null);
  const [tryable, setTryable] = useState(false);
  const [limit, setLimit] = useState(pageSize);
  const voter = useVoter().data?.voter;
  const ordered = useFairOrder(entries);
  const counts = useMemo(() => countCategories(entries), [entries]);
  const found = ordered.filter(
    (entry) =>
      matches(entry, search) && (category === null || categoryKey(entry) === category) && (!tryable || entry.nodes > 0),
  );
  const clear = () => {
    setSearch("");
    setCategory(null);
    setTryable(false);
  };

  return (
    <>
      <h2 className="vh">{words.entries.heading}</h2>
      <div className="sheet">
        <DrawNote />
        <div className="tools" role="search">
          <Search value={search} onChange={setSearch} of={entries.length} />
          <div className="chips" role="group" aria-label={words.entries.category}>
            <Chip
              pressed={category === null}
              onPress={() => setCategory(null)}
              name={words.entries.all}
              count={entries.length}
            />
            {counts.map(([key, count]) => (
              <Chip
                key={key}
                pressed={category === key}
                onPress={() => setCategory(key)}
                name={categoryName(key)}
                count={count}
              />
            ))}
          </div>
          {from === "indexer" ? (
            <label className="check">
              <input type="checkbox" checked={tryable} onChange={(event) => setTryable(event.target.checked)} />
              {words.entries.tryable}
            </label>
          ) : null}
        </div>
      </div>
      {found.length === 0 ? (
        <div style={{ marginTop: "var(--s-5)" }}>
          <Empty
            title={words.entries.noMatchTitle}
            action={
              <button type="button" className="btn" onClick={clear}>
                {words.entries.clear}
              </button>
            }
          >
            {words.entries.noMatch(entries.length)}
          </Empty>
        </div>
      ) : (
        <div className="board">
          {found.slice(0, limit).map((entry) => (
            <EntryTag
              key={entry.entryId}
              contest={contest}
              entry={entry}
              from={from}
              yours={stakeOn(voter, entry.entryId)}
            />
          ))}
        </div>
      )}
      <p className="board-end small quiet" role="status">
        {found.length > limit ? (
          <button type="button" className="btn" onClick={() => setLimit(limit + pageSize)}>
            {words.common.showMore}
          </button>
        ) : null}{" "}
        <Badge>{words.entries.showing(Math.min(limit, found.length), entries.length)}</Badge>
      </p>
    </>
  );
}

function Search({
  value,
  onChange,
  of,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly of: number;
}) {
  const id = useId();
  return (
    <div className="find">
      <Icon name="search" />
      <label className="vh" htmlFor={id}>
        {words.entries.search}
      </label>
      <input
        className="in"
        id={id}
        type="search"
        placeholder={words.entries.searchIn(of)}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

type ChipProps = {
  readonly pressed: boolean;
  readonly onPress: () => void;
  readonly name: string;
  readonly count: number;
};

function Chip({ pressed, onPress, name, count }: ChipProps) {
  return (
    <button type="button" className="chip" aria-pressed={pressed} onClick={onPress}>
      {name} <span className="count">{count}</span>
    </button>
  );
}

function DrawNote() {
  const address = useContestAddress();
  const draw = useDraw();
  const { address: wallet } = useWallet();
  const [open, setOpen] = useState(false);
  const values: readonly (readonly [string, string])[] = [
    [words.entries.checkChain, String(draw.chainId)],
    [words.entries.checkContest, draw.contest],
    [words.entries.checkDay, String(draw.day)],
    [words.entries.checkViewer, draw.viewer],
    [words.entries.checkSeed, draw.seed],
  ];
  return (
    <div className="draw-note">
      <svg className="draw-picture" viewBox="0 0 56 40" aria-hidden="true">
        <rect x="3" y="14" width="14" height="20" rx="2" transform="rotate(-8 10 24)" />
        <rect x="21" y="10" width="14" height="20" rx="2" />
        <rect x="39" y="14" width="14" height="20" rx="2" transform="rotate(8 46 24)" />
        <path className="grip" d="M15 6.500c8-4.500 18-4.500 26 0m-4.400-.6 4.400.6-1-4.200" />
      </svg>
      <p>
        <strong className="strong">{words.entries.drawBold}</strong>{" "}
        {wallet === null ? words.entries.drawLocal : words.entries.draw}{" "}
        <Link to="/contest/$address/ranking" params={{ address }}>
          {words.contest.tab.ranking}
        </Link>
        .
      </p>
      <button type="button" className="btn btn-bare" onClick={() => setOpen(true)} aria-haspopup="dialog">
        <Icon name="shuffle" />
        {words.entries.check}
      </button>
      <Dialog open={open} title={words.entries.checkTitle} onClose={() => setOpen(false)}>
        <p className="quiet small">{words.entries.checkText}</p>
        <dl className="draw-values">
          {values.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{value}</code>
                <CopyButton value={value} label={name} />
              </dd>
            </div>
          ))}
        </dl>
        <p className="quiet small">{words.entries.checkCode}</p>
      </Dialog>
    </div>
  );
}

function categoryKey(entry: EntryView): string {
  return entry.manifest.state === "present" ? entry.manifest.manifest.category : "";
}

function categoryName(key: string): string {
  const named: Readonly<Record<string, string>> = words.entries.categories;
  return named[key] ?? words.entries.uncategorised;
}

function countCategories(entries: readonly EntryView[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(categoryKey(entry), (counts.get(categoryKey(entry)) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => categoryName(a).localeCompare(categoryName(b)));
}

function matches(entry: EntryView, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  if (wanted === "") return true;
  const manifest = entry.manifest.state === "present" ? entry.manifest.manifest : null;
  const text = [
    String(entry.entryId),
    entry.author,
    entry.modelSha256,
    manifest?.name,
    manifest?.tagline,
    manifest?.team,
    manifest?.category,
    manifest?.description,
  ];
  return text.join(" ").toLowerCase().includes(wanted);
}
