import { useQuery } from "@tanstack/react-query";
import type { ContestView } from "#protocol/http.ts";
import type { NodeView } from "#protocol/httpNodes.ts";
import { useConfig } from "../config/useConfig.ts";
import { useChainNow } from "../data/clock.ts";
import { isDegraded, useNetwork } from "../data/network.ts";
import { contestQuery, nodesQuery } from "../data/queries.ts";
import { nodeName } from "../entry/servingNodes.ts";
import { formatAmount } from "../parts/amount.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { Empty, Failed, Waiting } from "../parts/States.tsx";
import { shorten } from "../parts/shorten.ts";
import { Washer } from "../parts/Washer.tsx";
import { localMoment } from "../parts/when.ts";
import { useTitle } from "../shell/useTitle.ts";
import { words } from "../words/words.ts";
import "./nodes.css";

/** Who hosts the models, with what at stake. */
export function NodesScreen() {
  const config = useConfig();
  const query = useQuery(nodesQuery(config));
  const degraded = isDegraded(useNetwork());
  const said = words.nodes;
  useTitle(said.title);
  return (
    <div className="wrap page">
      <div className="page-head">
        <h1>{said.title}</h1>
        <p>{said.lede}</p>
      </div>
      {query.data === undefined ? (
        degraded ? (
          <Empty title={said.title}>{said.needsIndexer}</Empty>
        ) : query.error === null ? (
          <Waiting what={said.what} />
        ) : (
          <Failed title={said.failed} error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : query.data.nodes.length === 0 ? (
        <Empty title={said.emptyTitle}>{said.empty}</Empty>
      ) : (
        <Table nodes={query.data.nodes} />
      )}
    </div>
  );
}

function Table({ nodes }: { readonly nodes: readonly NodeView[] }) {
  const config = useConfig();
  const coin = useQuery({
    ...contestQuery(config, config.contests[0] ?? config.factory),
    enabled: config.contests.length > 0,
  }).data?.contest.coin;
  const now = useChainNow("minute");
  const said = words.nodes;
  return (
    <div className="sheet nodes-sheet">
      <table>
        <caption className="vh">{said.title}</caption>
        <thead>
          <tr>
            <th scope="col">{said.node}</th>
            <th scope="col">{said.state}</th>
            <th scope="col" className="num only-wide">
              {said.serves}
            </th>
            <th scope="col" className="num only-wide">
              {said.attested}
            </th>
            <th scope="col" className="num only-wide">
              {said.stake(coin?.symbol ?? "")}
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => {
            const hours = lastSigned(node, now);
            return (
              <tr key={node.address}>
                <td>
                  <b>{nodeName(node)}</b>
                  <span className="nodes-address mono faint">
                    {shorten(node.address)}
                    <CopyButton value={node.address} label={said.node} />
                  </span>
                  <span className="nodes-narrow small quiet">
                    {said.entriesN(served(node))}
                    <br />
                    {formatAmount(BigInt(node.stake), coin?.decimals ?? 18)} {coin?.symbol}
                  </span>
                </td>
                <td>
                  <span className="nodes-state">
                    <Washer kind={node.active ? "proven" : "off"} />
                    {stateOf(node, now)}
                  </span>
                  <Faults node={node} coin={coin} />
                </td>
                <td className="num only-wide">{said.entriesN(served(node))}</td>
                <td className="num only-wide">
                  {hours === null ? said.never : hours === 0 ? words.entry.thisHour : words.entry.hoursAgo(hours)}
                </td>
                <td className="num only-wide">{formatAmount(BigInt(node.stake), coin?.decimals ?? 18)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="nodes-fine small quiet">{said.fine}</p>
    </div>
  );
}

/** How many entries it attested as they are. */
function served({ attestations }: NodeView): number {
  return attestations.filter(({ matches }) => matches).length;
}

function stateOf({ active, leavesAt, stake }: NodeView, now: number): string {
  const said = words.nodes;
  if (leavesAt === null) return active ? said.active : said.inactive;
  if (stake === "0") return said.left;
  return now < leavesAt ? said.leaving(localMoment(leavesAt)) : said.free;
}

type FaultsProps = { readonly node: NodeView; readonly coin: ContestView["coin"] | undefined };

/** What the node lost and why, and what it is being asked for. */
function Faults({ node, coin }: FaultsProps) {
  const said = words.nodes;
  return (
    <>
      {node.slashings.map(({ fault, amount, entryId, block, evidence }) => (
        <span className="nodes-fault small" key={`${block.number}-${evidence}`}>
          {said.slashed[fault](
            `${formatAmount(BigInt(amount), coin?.decimals ?? 18)} ${coin?.symbol ?? ""}`,
            entryId,
            localMoment(block.timestamp),
          )}
        </span>
      ))}
      {node.blockChallenges.map(({ challengeId, entryId, index, answerBy }) => (
        <span className="nodes-asked small quiet" key={challengeId}>
          {said.asked(index, entryId, localMoment(answerBy))}
        </span>
      ))}
      {node.blocksAnswered > 0 ? (
        <span className="nodes-asked small quiet">{said.answered(node.blocksAnswered)}</span>
      ) : null}
    </>
  );
}

function lastSigned({ attestations }: NodeView, now: number): number | null {
  if (attestations.length === 0) return null;
  return Math.max(0, Math.floor(now / 3600) - Math.max(...attestations.map(({ epoch }) => epoch)));
}
