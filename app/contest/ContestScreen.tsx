import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import type { ContestView } from "#protocol/http.ts";
import { isNotFound } from "../data/indexer.ts";
import { Empty, Failed, Waiting } from "../parts/States.tsx";
import { useTitle } from "../shell/useTitle.ts";
import { words } from "../words/words.ts";
import { LeanPlate, Plate } from "./Plate.tsx";
import { useContest, useContestAddress, usePhase } from "./useContest.ts";
import "./contest.css";

/** A contest's head and tabs; the tab itself is the route below. */
export function ContestScreen() {
  const query = useContest();
  const address = useContestAddress();
  const path = useRouterState({ select: (state) => state.location.pathname.replace(/\/$/, "") });
  useTitle(isNotFound(query.error) ? words.contest.notFound : words.contest.title);

  if (query.data === undefined) {
    return (
      <div className="wrap page">
        {isNotFound(query.error) ? (
          <Empty
            level="h1"
            title={words.contest.notFound}
            action={
              <Link className="btn" to="/">
                {words.states.home}
              </Link>
            }
          >
            {words.contest.notFoundText}
          </Empty>
        ) : query.error !== null ? (
          <Failed level="h1" title={words.contest.failed} error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Waiting what={words.contest.what} />
        )}
      </div>
    );
  }

  const { contest, from } = query.data;
  const onEntries = path.toLowerCase() === `/contest/${address}`;
  return (
    <>
      {onEntries ? <Plate contest={contest} from={from} /> : <LeanPlate contest={contest} from={from} />}
      <Tabs contest={contest} tab={onEntries ? "entries" : (path.split("/").at(-1) ?? "")} />
      <div className="pegs">
        <div className="wrap">
          <Outlet />
        </div>
      </div>
    </>
  );
}

function Tabs({ contest, tab }: { readonly contest: ContestView; readonly tab: string }) {
  const phase = usePhase(contest);
  const params = { address: contest.address };
  const current = (name: string) => (tab === name ? "page" : undefined);
  const named = words.contest.tab;
  return (
    <nav className="tabs" aria-label={words.contest.tabs}>
      <div className="wrap">
        {phase === "counting" || phase === "final" ? (
          <Link to="/contest/$address/result" params={params} aria-current={current("result")} resetScroll={false}>
            {named.result}
          </Link>
        ) : null}
        <Link
          to="/contest/$address"
          params={params}
          aria-current={current("entries")}
          activeOptions={{ exact: true }}
          resetScroll={false}
        >
          {named.entries} <span className="count">{contest.entryCount}</span>
        </Link>
        <Link to="/contest/$address/ranking" params={params} aria-current={current("ranking")} resetScroll={false}>
          {named.ranking}
        </Link>
        <Link to="/contest/$address/rules" params={params} aria-current={current("rules")} resetScroll={false}>
          {named.rules}
        </Link>
        <Link to="/contest/$address/activity" params={params} aria-current={current("activity")} resetScroll={false}>
          {named.activity}
        </Link>
      </div>
    </nav>
  );
}
