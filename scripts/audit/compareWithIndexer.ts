import type { Finding } from "./finding.ts";
import { compare } from "./finding.ts";
import type { IndexerAnswer } from "./indexerAnswer.ts";
import type { Standings } from "./standingsOf.ts";

/** Compares the indexer's ranking, row by row, with a recount at the indexer's own block. */
export function compareWithIndexer(
  answer: IndexerAnswer,
  standings: Standings,
  block: { readonly chainId: number; readonly hash: string; readonly timestamp: bigint },
): Finding[] {
  const expect = (what: string, counted: unknown, found: unknown) => compare("indexer", what, counted, found);
  const rows = new Map(answer.rows.map((row) => [BigInt(row.entryId), row]));
  const known = new Set(standings.rows.map(({ entry }) => entry.id));
  const order = standings.rows.filter(({ rank }) => rank !== undefined).map(({ entry }) => entry.id);
  const shown = answer.rows.filter(({ rank }) => rank !== null).map(({ entryId }) => BigInt(entryId));
  return [
    ...expect("chain id", block.chainId, answer.at.chainId),
    ...expect("hash of its block", block.hash, answer.at.block.hash),
    ...expect("time of its block", block.timestamp, answer.at.block.timestamp),
    ...expect("order of the ranked entries", order.join(" "), shown.join(" ")),
    ...answer.rows
      .filter(({ entryId }) => !known.has(BigInt(entryId)))
      .flatMap(({ entryId }) => expect(`entry ${entryId}`, "no such entry", "a row")),
    ...expect("rows, each entry once", answer.rows.length, rows.size),
    ...standings.rows.flatMap(({ entry, rank, score, tally, prize }) => {
      const row = rows.get(entry.id);
      const name = `entry ${entry.id}`;
      if (row === undefined) return expect(name, "an entry", "no row");
      return [
        ...expect(`${name}: rank`, rank ?? "none", row.rank ?? "none"),
        ...expect(`${name}: author`, entry.author, row.author.toLowerCase()),
        ...expect(`${name}: status`, entry.status, row.status),
        ...expect(`${name}: projected score`, score, row.score),
        ...expect(`${name}: tally`, tally, row.tally),
        ...expect(`${name}: weight`, entry.weight, row.weight),
        ...expect(`${name}: voters`, entry.voters, row.voters),
        ...expect(`${name}: support`, entry.support, row.support),
        ...expect(`${name}: prize`, prize, row.prize),
      ];
    }),
  ];
}
