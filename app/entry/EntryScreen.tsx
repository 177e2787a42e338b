import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import type { ContestView, EntryView } from "#protocol/http.ts";
import { useConfig } from "../config/useConfig.ts";
import { categoryOf, entryName } from "../contest/measure.ts";
import { missingWords } from "../contest/missingWords.ts";
import { isLive, stakeOn, useContest, useEntries, useVoter } from "../contest/useContest.ts";
import { useFairOrder } from "../contest/useFairOrder.ts";
import { type From, rankingQuery } from "../data/queries.ts";
import { Badge } from "../parts/Badge.tsx";
import { Boundary } from "../parts/Boundary.tsx";
import { Drawing } from "../parts/Drawing.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Empty, Failed, Waiting } from "../parts/States.tsx";
import { shorten } from "../parts/shorten.ts";
import { useTitle } from "../shell/useTitle.ts";
import { VerifyCard } from "../verify/VerifyCard.tsx";
import { words } from "../words/words.ts";
import { ChallengeCard } from "./ChallengeCard.tsx";
import { DropPanel } from "./DropPanel.tsx";
import { ModelCard } from "./ModelCard.tsx";
import { ServingNodes } from "./ServingNodes.tsx";
import "./entry.css";

const Chat = lazy(() => import("./Chat.tsx").then(({ Chat: chat }) => ({ default: chat })));
const Pitch = lazy(() => import("./Pitch.tsx").then(({ Pitch: pitch }) => ({ default: pitch })));

/** One entry: what it is, a chat with it, the drop panel, its card and its nodes. */
export function EntryScreen() {
  const { id = "" } = useParams({ strict: false });
  const contest = useContest();
  const entries = useEntries();
  const failed = contest.data === undefined ? contest : entries.data === undefined ? entries : null;
  if (contest.data === undefined || entries.data === undefined) {
    return (
      <div className="wrap page">
        {failed?.error == null ? (
          <Waiting what={words.entry.what} />
        ) : (
          <Failed level="h1" title={words.entry.failed} error={failed.error} onRetry={() => void failed.refetch()} />
        )}
      </div>
    );
  }
  const entry = entries.data.entries.find(({ entryId }) => String(entryId) === id);
  if (entry === undefined) {
    return <NoEntry contest={contest.data.contest} />;
  }
  return (
    <Present
      key={entry.entryId}
      contest={contest.data.contest}
      entry={entry}
      entries={entries.data.entries}
      from={entries.data.from}
    />
  );
}

function NoEntry({ contest }: { readonly contest: ContestView }) {
  useTitle(words.entry.notFound);
  return (
    <div className="wrap page">
      <Empty
        level="h1"
        title={words.entry.notFound}
        action={
          <Link className="btn" to="/contest/$address" params={{ address: contest.address }}>
            {words.entry.backToBoard}
          </Link>
        }
      >
        {words.entry.notFoundText}
      </Empty>
    </div>
  );
}

type PresentProps = {
  readonly contest: ContestView;
  readonly entry: EntryView;
  readonly entries: readonly EntryView[];
  readonly from: From;
};

function Present({ contest, entry, entries, from }: PresentProps) {
  const name = entryName(entry);
  useTitle(name);
  useEffect(() => {
    const wanted = location.hash.slice(1);
    if (wanted === "try" || wanted === "drop") document.getElementById(wanted)?.scrollIntoView();
  }, []);
  return (
    <>
      <div className="wrap">
        <Pager contest={contest} entry={entry} entries={entries} />
      </div>
      <div className="wrap entry-cols">
        <div className="entry-main">
          <Head contest={contest} entry={entry} from={from} />
          <Boundary>
            <Suspense fallback={<Waiting what={words.chat.title} />}>
              <Chat contest={contest} entry={entry} name={name} />
            </Suspense>
          </Boundary>
          {entry.status === "live" ? null : <ChallengeCard contest={contest} entry={entry} />}
          <ModelCard entry={entry} from={from} />
          <ServingNodes contest={contest} entry={entry} from={from} />
          {entry.status === "live" ? <ChallengeCard contest={contest} entry={entry} /> : null}
        </div>
        <aside className="entry-side">
          <DropPanel contest={contest} entry={entry} entries={entries} />
          <VerifyCard contest={contest} />
        </aside>
      </div>
      <nav className="dock dock-act" aria-label={words.entry.atHand}>
        <a className="btn" href="#try">
          <Icon name="chat" />
          {words.entries.tryIt}
        </a>
        <AtHand entry={entry} />
      </nav>
    </>
  );
}

/** Beside the chat at the thumb: coins in, or out where the entry takes none. */
function AtHand({ entry }: { readonly entry: EntryView }) {
  const yours = stakeOn(useVoter().data?.voter, entry.entryId);
  if (isLive(entry) || yours > 0n)
    return (
      <a className="btn btn-grip" href="#drop">
        {isLive(entry) ? words.drop.here : words.drop.takeBack}
      </a>
    );
  if (entry.status !== "removed") return null;
  return (
    <a className="btn" href="#challenge">
      {words.drop.gone.why}
    </a>
  );
}

function Head({ contest, entry, from }: Omit<PresentProps, "entries">) {
  const ranking = useQuery(rankingQuery(useConfig(), contest.address)).data;
  const rank = ranking?.rows.find(({ entryId }) => entryId === entry.entryId)?.rank ?? null;
  const manifest = entry.manifest.state === "present" ? entry.manifest.manifest : null;
  const name = entryName(entry);
  return (
    <>
      <section className="entry-hero">
        <Drawing name={name} category={manifest?.category ?? "other"} />
        <div>
          <p className="small faint">
            {words.entry.head(entry.entryId, categoryOf(entry))}
            <span className="mono">{shorten(entry.author)}</span>
          </p>
          <h1>{name}</h1>
        </div>
      </section>
      <div className="entry-lede">
        {manifest === null ? (
          <p className="pitch">{missingWords(entry.manifest, from)}</p>
        ) : (
          <>
            <p className="pitch">{manifest.tagline}</p>
            <Suspense fallback={null}>
              <details className="pitch-more">
                <summary>{words.entry.more}</summary>
                <Pitch text={manifest.description} />
              </details>
            </Suspense>
          </>
        )}
        <p className="row entry-badges">
          {from === "indexer" ? (
            <Badge tone={entry.nodes > 0 ? "proven" : "plain"} washer={entry.nodes > 0 ? "proven" : "off"}>
              {words.entries.nodes(entry.nodes)}
            </Badge>
          ) : null}
          {manifest === null ? null : <Badge>{manifest.license}</Badge>}
          {entry.status === "challenged" ? <Badge tone="warn">{words.entries.challenged}</Badge> : null}
          {entry.status === "removed" ? <Badge tone="bad">{words.entries.removed}</Badge> : null}
          {entry.status === "retracted" ? <Badge tone="bad">{words.entries.retracted}</Badge> : null}
          {entry.status === "live" ? <Badge>{words.entry.notChallenged}</Badge> : null}
          {ranking === undefined || !isLive(entry) ? null : (
            <Badge>{rank === null ? words.entry.noRank : words.entry.rank(rank)}</Badge>
          )}
        </p>
      </div>
    </>
  );
}

function Pager({ contest, entry, entries }: Pick<PresentProps, "contest" | "entry" | "entries">) {
  const ordered = useFairOrder(entries);
  const index = ordered.findIndex(({ entryId }) => entryId === entry.entryId);
  const before = ordered[(index - 1 + ordered.length) % ordered.length];
  const after = ordered[(index + 1) % ordered.length];
  const to = (other: EntryView) => ({ address: contest.address, id: String(other.entryId) });
  return (
    <nav className="pager" aria-label={words.entry.pager}>
      {before === undefined || ordered.length < 2 ? null : (
        <Link to="/contest/$address/entry/$id" params={to(before)}>
          ←&nbsp;{entryName(before)}
        </Link>
      )}
      <span>
        <Link to="/contest/$address" params={{ address: contest.address }}>
          {words.entry.position(index + 1, ordered.length)}
        </Link>
      </span>
      {after === undefined || ordered.length < 2 ? null : (
        <Link to="/contest/$address/entry/$id" params={to(after)}>
          {entryName(after)}&nbsp;→
        </Link>
      )}
    </nav>
  );
}
