import { useInfiniteQuery } from "@tanstack/react-query";
import type { Activity, ContestView, EntryView } from "#protocol/http.ts";
import { useConfig } from "../config/useConfig.ts";
import { isDegraded, useNetwork } from "../data/network.ts";
import { activityQuery } from "../data/queries.ts";
import { formatAmount } from "../parts/amount.ts";
import { Badge } from "../parts/Badge.tsx";
import { Empty, Failed, Waiting } from "../parts/States.tsx";
import { shorten } from "../parts/shorten.ts";
import { localSecond } from "../parts/when.ts";
import { useWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";
import { entryName, formatCoins } from "./measure.ts";
import { useContest, useContestAddress, useEntries } from "./useContest.ts";
import "./activity.css";

/** What happened, newest first. */
export function ActivityTab() {
  const config = useConfig();
  const address = useContestAddress();
  const contest = useContest().data?.contest;
  const entries = useEntries().data?.entries ?? [];
  const degraded = isDegraded(useNetwork());
  const query = useInfiniteQuery(activityQuery(config, address, null));
  if (contest === undefined) return null;
  const said = words.activity;
  if (query.data === undefined) {
    if (degraded) return <Empty title={said.heading}>{said.needsIndexer}</Empty>;
    return query.error === null ? (
      <Waiting what={said.what} />
    ) : (
      <Failed title={said.failed} error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Empty title={said.emptyTitle}>{said.empty}</Empty>;
  return (
    <div className="sheet activity">
      <table>
        <caption className="vh">{said.heading}</caption>
        <thead>
          <tr>
            <th scope="col">{said.event}</th>
            <th scope="col" className="num only-wide">
              {said.block}
            </th>
            <th scope="col" className="num">
              {said.time}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <Row key={`${item.block.number}.${item.logIndex}`} item={item} contest={contest} entries={entries} />
          ))}
        </tbody>
      </table>
      <p className="activity-end quiet small">
        {query.hasNextPage ? (
          <button
            type="button"
            className="btn"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {said.more}
          </button>
        ) : (
          said.end
        )}
      </p>
    </div>
  );
}

type RowProps = { readonly item: Activity; readonly contest: ContestView; readonly entries: readonly EntryView[] };

function Row({ item, contest, entries }: RowProps) {
  const { demo } = useConfig();
  const { address } = useWallet();
  const account = "account" in item ? item.account : null;
  const simulated = account !== null && (demo?.crowd.includes(account) ?? false);
  return (
    <tr data-testid="activity-row">
      <td>
        {sentence(item, { contest, entries, wallet: address })}{" "}
        {simulated ? <Badge tone="warn">{words.common.simulated}</Badge> : null}
      </td>
      <td className="num faint mono only-wide">{item.block.number.toLocaleString("en-GB")}</td>
      <td className="num faint small">{localSecond(item.block.timestamp)}</td>
    </tr>
  );
}

type Telling = {
  readonly contest: ContestView;
  readonly entries: readonly EntryView[];
  readonly wallet: string | null;
};

function sentence(item: Activity, { contest, entries, wallet }: Telling): string {
  const said = words.activity;
  const who = (account: string) => (account === wallet ? words.common.You : shorten(account));
  const named = (id: number) => {
    const entry = entries.find(({ entryId }) => entryId === id);
    return entry === undefined ? words.common.unknownName(id) : entryName(entry);
  };
  const prize = (amount: string) =>
    `${formatAmount(BigInt(amount), contest.prizeToken.decimals)} ${contest.prizeToken.symbol}`;
  switch (item.kind) {
    case "dropped":
      return said.dropped(who(item.account), formatCoins(contest, item.amount), named(item.entryId));
    case "withdrew":
      return said.withdrew(who(item.account), formatCoins(contest, item.amount), named(item.entryId));
    case "reweighed":
      return said.reweighed(who(item.account), named(item.entryId));
    case "submitted":
      return said.submitted(who(item.account), named(item.entryId));
    case "retracted":
      return said.retracted(named(item.entryId));
    case "challenged":
      return said.challenged(who(item.account), named(item.entryId));
    case "evidence":
      return said.evidence(who(item.account), named(item.entryId));
    case "ruled":
      return item.lapsed ? said.lapsed(named(item.entryId)) : said.ruled(named(item.entryId), item.ruling);
    case "bound":
      return said.bound(who(item.account));
    case "funded":
      return said.funded(who(item.account), prize(item.amount));
    case "counted":
      return said.counted(item.upTo);
    case "finalized":
      return said.finalized;
    case "claimed":
      return said.claimed(who(item.account), prize(item.amount), item.rank);
  }
}
