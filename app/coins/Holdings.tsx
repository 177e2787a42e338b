import { Link } from "@tanstack/react-router";
import { useConfig } from "../config/useConfig.ts";
import { entryName, formatCoins, formatWeight } from "../contest/measure.ts";
import { formatAmount, formatExact } from "../parts/amount.ts";
import { Badge } from "../parts/Badge.tsx";
import { Drawing } from "../parts/Drawing.tsx";
import { Icon } from "../parts/Icon.tsx";
import type { DropArguments } from "../transactions/dropCoins.ts";
import { GaslessChoice } from "../transactions/GaslessChoice.tsx";
import { StepsCard } from "../transactions/StepsCard.tsx";
import { useGasless } from "../transactions/useGasless.ts";
import { useBalance, useSend } from "../transactions/useSend.ts";
import { WaitingOrder } from "../transactions/WaitingOrder.tsx";
import { words } from "../words/words.ts";
import { Authored } from "./Authored.tsx";
import type { PartProps, Sender } from "./partProps.ts";

/** Stakes with the one button for all, what is owed, deposits and prizes of one's own entries. */
export function Holdings({ contest, entries, voter }: Omit<PartProps, "sender">) {
  const { relayUrl } = useConfig();
  const { send, order, steps, busy } = useSend("coins");
  const [gasless, setGasless] = useGasless();
  const takeBack = async (what: DropArguments) => {
    if (relayUrl === null || !gasless)
      return send((await import("../transactions/withdrawCoins.ts")).withdrawCoins(what));
    const outcome = await order((await import("../transactions/orderWithdraw.ts")).orderWithdraw(what));
    if (outcome === "refused") setGasless(false);
    return outcome === "done";
  };
  const sender: Sender = {
    busy,
    run: (make) => void make().then(send),
    takeBack: (what) => void takeBack(what),
  };
  const balance = useBalance(contest.coin.address);
  const total = voter.stakes.reduce((sum, { stake }) => sum + BigInt(stake), 0n);
  return (
    <div className="coins">
      <div className="stack">
        {voter.stakes.length > 0 ? (
          <Stakes contest={contest} entries={entries} voter={voter} total={total} sender={sender} />
        ) : null}
        <Authored contest={contest} entries={entries} voter={voter} sender={sender} />
      </div>
      <div className="stack">
        <section className="sheet coins-side">
          <dl className="figures">
            <div>
              <dt>{words.coins.total}</dt>
              <dd className="figure" data-testid="coins-total">
                {formatAmount(total, contest.coin.decimals)}
                <span className="unit">{contest.coin.symbol}</span>
              </dd>
            </div>
            <div>
              <dt>{words.coins.wallet}</dt>
              <dd className="figure">
                {balance === undefined ? "–" : formatAmount(balance, contest.coin.decimals)}
                <span className="unit">{contest.coin.symbol}</span>
              </dd>
            </div>
          </dl>
          {total > 0n ? (
            <>
              <button
                type="button"
                className="btn btn-grip btn-big"
                disabled={busy}
                data-testid="take-all"
                onClick={() =>
                  sender.run(async () =>
                    (await import("../transactions/withdrawAll.ts")).withdrawAll({
                      contest,
                      total,
                      entryIds: voter.stakes.map(({ entryId }) => entryId),
                    }),
                  )
                }
              >
                {words.coins.takeAll(formatExact(total, contest.coin.decimals), contest.coin.symbol)}
              </button>
              <p className="small quiet centre">{words.coins.takeAllNote}</p>
            </>
          ) : null}
        </section>
        {total > 0n && relayUrl !== null ? (
          <section className="sheet coins-side">
            <GaslessChoice relay={relayUrl} chosen={gasless} onChoose={setGasless} />
            <p className="small quiet">{words.relay.oneByOne}</p>
          </section>
        ) : null}
        <StepsCard steps={steps} />
        <WaitingOrder steps={steps} />
        <Owed contest={contest} voter={voter} sender={sender} />
      </div>
    </div>
  );
}

function Stakes({ contest, entries, voter, total, sender }: PartProps & { readonly total: bigint }) {
  const said = words.coins;
  const isRemoved = (id: number) => entries.some(({ entryId, status }) => entryId === id && status === "removed");
  return (
    <section className="sheet pane">
      <header>
        <h2>{said.stakes}</h2>
      </header>
      {voter.stakes.some(({ entryId }) => isRemoved(entryId)) ? (
        <p className="holdings-removed" role="note">
          {said.removed}
        </p>
      ) : null}
      <table className="rank">
        <thead>
          <tr>
            <th scope="col">{said.entry}</th>
            <th scope="col" className="num">
              {said.coins}
            </th>
            <th scope="col" className="num only-wide">
              {said.weight}
            </th>
            <th scope="col" className="num">
              <span className="vh">{said.takeOne}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {voter.stakes.map(({ entryId, stake, weight }) => {
            const entry = entries.find((other) => other.entryId === entryId);
            const name = entry === undefined ? words.common.unknownName(entryId) : entryName(entry);
            return (
              <tr key={entryId} data-testid={`stake-${entryId}`}>
                <th scope="row">
                  <span className="rank-entry">
                    <Drawing
                      name={name}
                      category={entry?.manifest.state === "present" ? entry.manifest.manifest.category : "other"}
                    />
                    <Link to="/contest/$address/entry/$id" params={{ address: contest.address, id: String(entryId) }}>
                      <b>{name}</b>
                    </Link>
                    {entry?.status === "removed" ? <Badge tone="bad">{words.entries.removed}</Badge> : null}
                    {entry?.status === "challenged" ? <Badge tone="warn">{words.entries.challenged}</Badge> : null}
                  </span>
                </th>
                <td className="num figure rank-tally">{formatAmount(BigInt(stake), contest.coin.decimals)}</td>
                <td className="num only-wide">{formatWeight(contest, weight)}</td>
                <td className="num">
                  <button
                    type="button"
                    className="btn"
                    disabled={sender.busy}
                    aria-label={`${said.takeOne}: ${name}`}
                    onClick={() => sender.takeBack({ contest, entryId, entry: name, amount: BigInt(stake) })}
                  >
                    <Icon name="back" />
                    <span className="only-wide">{said.takeOne}</span>
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{said.total}</th>
            <td className="num figure rank-tally">{formatAmount(total, contest.coin.decimals)}</td>
            <td className="only-wide" />
            <td />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function Owed({ contest, voter, sender }: Omit<PartProps, "entries">) {
  const said = words.coins;
  const credit = voter.credits.find(({ token }) => token === contest.coin.address);
  const funded = BigInt(voter.funded);
  const { result } = contest;
  const share = result === null || result.pot === "0" ? 0n : (funded * BigInt(result.unheld)) / BigInt(result.pot);
  return (
    <section className="sheet coins-side">
      <h2>{said.owed}</h2>
      <p className="small quiet">{said.owedText}</p>
      {credit === undefined || credit.amount === "0" ? (
        <p className="small">{said.noneOwed}</p>
      ) : (
        <button
          type="button"
          className="btn"
          disabled={sender.busy}
          data-testid="collect"
          onClick={() =>
            sender.run(async () => (await import("../transactions/collectCredit.ts")).collectCredit(contest))
          }
        >
          {said.collect(formatCoins(contest, credit.amount))}
        </button>
      )}
      {share > 0n ? (
        <button
          type="button"
          className="btn"
          disabled={sender.busy}
          onClick={() => sender.run(async () => (await import("../transactions/reclaimPot.ts")).reclaimPot(contest))}
        >
          {said.reclaim(`${formatAmount(share, contest.prizeToken.decimals)} ${contest.prizeToken.symbol}`)}
        </button>
      ) : null}
    </section>
  );
}
