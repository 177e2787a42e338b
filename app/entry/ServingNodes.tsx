import type { ContestView, EntryView } from "#protocol/http.ts";
import type { From } from "../data/queries.ts";
import { formatAmount } from "../parts/amount.ts";
import { Failed } from "../parts/States.tsx";
import { shorten } from "../parts/shorten.ts";
import { Washer } from "../parts/Washer.tsx";
import { words } from "../words/words.ts";
import { nodeName, type Serving } from "./servingNodes.ts";
import { useServing } from "./useServing.ts";

const states = {
  serving: ["proven", words.entry.serving],
  late: ["late", words.entry.late],
  inactive: ["off", words.entry.inactive],
  wrong: ["off", words.entry.wrong],
} as const;

/** Who serves the entry, when each last signed that it has the file, and how much stands behind it. */
export function ServingNodes({
  contest,
  entry,
  from,
}: {
  readonly contest: ContestView;
  readonly entry: EntryView;
  readonly from: From;
}) {
  const { serving, query } = useServing(contest.address, entry.entryId);
  const said = words.entry;
  if (query.error !== null && query.data === undefined && from === "indexer") {
    return (
      <div className="entry-later">
        <Failed title={said.nodesFailed} error={query.error} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  return (
    <section className="pane sheet serving entry-later" aria-labelledby="nodes-title">
      <header>
        <h2 id="nodes-title">{said.nodesTitle}</h2>
        <p className="pane-end">{said.nodesNote}</p>
      </header>
      {serving === undefined ? (
        <p className="pane-fine quiet">{from === "chain" ? said.nodesNeedIndexer : words.states.askingIndexer}</p>
      ) : serving.length === 0 ? (
        <p className="pane-fine quiet">
          <b className="strong">{said.noNodesTitle}.</b> {said.noNodes}
        </p>
      ) : (
        <>
          <table>
            <thead>
              <tr>
                <th scope="col">{said.node}</th>
                <th scope="col">{said.state}</th>
                <th scope="col" className="num">
                  <span className="only-wide">{said.attested}</span>
                  <span className="only-narrow">{said.attestedShort}</span>
                </th>
                <th scope="col" className="num only-wide">
                  {said.stake(contest.coin.symbol)}
                </th>
              </tr>
            </thead>
            <tbody>
              {serving.map((one) => (
                <Row key={one.node.address} serving={one} contest={contest} />
              ))}
            </tbody>
          </table>
          <p className="pane-fine small quiet">{said.nodesFine}</p>
        </>
      )}
    </section>
  );
}

function Row({ serving, contest }: { readonly serving: Serving; readonly contest: ContestView }) {
  const { node, state, hours } = serving;
  const [washer, word] = states[state];
  return (
    <tr>
      <td>
        <b>{nodeName(node)}</b> <span className="mono faint only-wide">{shorten(node.address)}</span>
      </td>
      <td>
        <span className="serving-state">
          <Washer kind={washer} />
          {word}
        </span>
      </td>
      <td className="num">{hours === 0 ? words.entry.thisHour : words.entry.hoursAgo(hours)}</td>
      <td className="num only-wide">{formatAmount(BigInt(node.stake), contest.coin.decimals, 0)}</td>
    </tr>
  );
}
