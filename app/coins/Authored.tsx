import { Link } from "@tanstack/react-router";
import { dividePot } from "#protocol/standings.ts";
import { entryName } from "../contest/measure.ts";
import { formatAmount } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { PartProps } from "./partProps.ts";

/** Deposits and prizes of one's own entries. */
export function Authored({ contest, entries, voter, sender }: PartProps) {
  const said = words.coins;
  const mine = entries.filter(({ entryId }) => voter.entries.includes(entryId));
  if (mine.length === 0) return null;
  const { result } = contest;
  const prizes =
    result === null
      ? []
      : dividePot(BigInt(result.pot), contest.rules.split, result.entryIds.filter((id) => id > 0).length).prizes;
  return (
    <section className="sheet pane">
      <header>
        <h2>{said.entries}</h2>
      </header>
      <table>
        <tbody>
          {mine.map((entry) => {
            const rank = (result?.entryIds.indexOf(entry.entryId) ?? -1) + 1;
            const paid = contest.claims.some((claim) => claim.rank === rank);
            const free = result !== null && entry.status !== "removed" && entry.status !== "retracted";
            return (
              <tr key={entry.entryId}>
                <th scope="row">
                  <Link
                    to="/contest/$address/entry/$id"
                    params={{ address: contest.address, id: String(entry.entryId) }}
                  >
                    {entryName(entry)}
                  </Link>
                </th>
                <td className="small quiet">
                  {free ? said.bondFree : result === null ? said.bondHeld : said.bondGone}
                </td>
                <td className="num">
                  {rank > 0 && !paid ? (
                    <button
                      type="button"
                      className="btn"
                      disabled={sender.busy}
                      onClick={() =>
                        sender.run(async () =>
                          (await import("../transactions/claimPrize.ts")).claimPrize(contest, rank),
                        )
                      }
                    >
                      {words.result.payYou} {formatAmount(prizes[rank - 1] ?? 0n, contest.prizeToken.decimals)}
                    </button>
                  ) : null}{" "}
                  {free ? (
                    <button
                      type="button"
                      className="btn"
                      disabled={sender.busy}
                      onClick={() =>
                        sender.run(async () =>
                          (await import("../transactions/releaseBond.ts")).releaseBond(contest, {
                            entryId: entry.entryId,
                            entry: entryName(entry),
                          }),
                        )
                      }
                    >
                      {said.release}
                    </button>
                  ) : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
