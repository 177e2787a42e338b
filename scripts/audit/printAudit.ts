import { styleText } from "node:util";
import type { Audit } from "./auditContest.ts";
import { decimal, hours, plural, printable, table, when } from "./auditWords.ts";
import { nodesAsJson, nodesScope, printNodes } from "./printNodes.ts";
import { phaseNameAt } from "./rulesOf.ts";

/** Most differing figures that are listed one by one. */
const MOST_ROWS = 40;

/** The audit as a page for a person. Colours follow the terminal. */
export function printAudit(audit: Audit): string {
  const { rules, recount, standings, block, findings } = audit;
  const bold = (text: string) => styleText("bold", text);
  const dim = (text: string) => styleText("dim", text);
  const length = Number(rules.votesClose - rules.countFrom);
  const phase = audit.isFinal ? "final" : phaseNameAt(rules, block.timestamp);
  // In a personhood contest weights are roots of wei; a billion of them is the root of one coin.
  const weightDecimals = rules.isOpen ? audit.coin.decimals : Math.floor(audit.coin.decimals / 2);
  const unit = rules.isOpen ? audit.coin.symbol : `√${audit.coin.symbol}`;
  const rows = standings.rows.map(({ entry, rank, tally, score, prize }) => [
    rank === undefined ? "–" : String(rank),
    String(entry.id),
    entry.status === "live" || entry.status === "challenged" ? decimal(tally, weightDecimals) : entry.status,
    decimal(entry.weight, weightDecimals),
    String(score),
    String(entry.voters),
    decimal(entry.support, audit.coin.decimals),
    decimal(prize, audit.coin.decimals),
    mark(audit, `entry ${entry.id}`, "contract"),
    ...(audit.indexerBlock === undefined ? [] : [mark(audit, `entry ${entry.id}`, "indexer")]),
  ]);
  const heads = [
    "rank",
    "entry",
    `tally (${unit})`,
    `weight now`,
    "score (weight·s)",
    "voters",
    "support",
    "prize",
    "contract",
  ];
  if (audit.indexerBlock !== undefined) heads.push("indexer");
  return [
    "",
    bold("Recount of a Coindrop contest"),
    `  contest   ${audit.contest} on chain ${audit.chainId}`,
    `  at block  ${block.number}, ${when(block.timestamp)}, ${phase}`,
    `  rules     ${rules.isOpen ? "open: every coin weighs the same" : "persons: the root of each person's coins"}, averaged over ${hours(length)} until ${when(rules.votesClose)}`,
    `  read      ${plural(audit.events, "event")} since block ${audit.fromBlock}, ${plural(recount.voters, "wallet")} with a stake, pot ${decimal(recount.pot, audit.coin.decimals)}`,
    `  holds     ${holdings(audit)}`,
    ...removals(audit),
    "",
    ...table(heads, rows).map((line, index) => `  ${index === 0 ? dim(line) : line}`),
    "",
    ...printNodes(audit),
    "",
    ...verdict(audit),
    ...(findings.length > 0 ? ["", ...differences(audit)] : []),
    "",
  ].join("\n");
}

/** What the contest holds of its coin, and for whom. */
function holdings({ coins, coin, recount }: Audit): string {
  const amount = (wei: bigint) => decimal(wei, coin.decimals);
  const { stakes, bonds, credits, pot, total, held } = coins;
  const parts = `${amount(stakes)} staked, ${amount(bonds)} in bonds, ${amount(credits)} credited, ${amount(pot)} in the pot`;
  const given = held > total ? `, ${amount(held - total)} given unasked` : "";
  return `${amount(held)} ${coin.symbol}: ${parts}${given}; ${amount(recount.burned)} burned`;
}

/** Entries that were removed or wait for a ruling, and the reasons brought against them. */
function removals({ recount }: Audit): string[] {
  return [...recount.challenges.values()]
    .filter(({ ruling }) => ruling === undefined || ruling === 2n)
    .map(({ entryId, ruling, reason }) => {
      const what = ruling === 2n ? "removed" : "challenged";
      return `  ${what.padEnd(9)} entry ${entryId}, because: ${printable(reason)}`;
    });
}

/** The audit as JSON: amounts and scores as decimal strings. */
export function auditAsJson(audit: Audit): unknown {
  const { recount, standings, block } = audit;
  return {
    agrees: audit.findings.length === 0,
    chainId: audit.chainId,
    contest: audit.contest,
    factory: audit.factory ?? null,
    compared: audit.compared,
    block: { number: block.number, hash: block.hash, timestamp: Number(block.timestamp) },
    indexerBlock: audit.indexerBlock ?? null,
    events: audit.events,
    voters: recount.voters,
    persons: recount.persons,
    pot: String(recount.pot),
    final: audit.isFinal,
    coins: Object.fromEntries(Object.entries(audit.coins).map(([name, amount]) => [name, String(amount)])),
    burned: String(recount.burned),
    challenges: [...recount.challenges.values()].map(({ id, entryId, challenger, reason, ruling }) => ({
      challengeId: Number(id),
      entryId: Number(entryId),
      challenger,
      reason,
      ruling: ruling === undefined ? null : Number(ruling),
    })),
    entries: standings.rows.map(({ entry, rank, score, tally, prize }) => ({
      entryId: Number(entry.id),
      rank: rank === undefined ? null : Number(rank),
      status: entry.status,
      weight: String(entry.weight),
      score: String(score),
      tally: String(tally),
      voters: entry.voters,
      support: String(entry.support),
      prize: String(prize),
    })),
    nodes: nodesAsJson(audit),
    differences: audit.findings,
  };
}

function verdict(audit: Audit): string[] {
  const { findings, indexerBlock, block, nodes } = audit;
  const all = ["recount", "contract"];
  if (indexerBlock !== undefined) all.push("indexer");
  if (nodes !== undefined) all.push("node registry");
  if (findings.length > 0) {
    return [
      styleText(
        ["red", "bold"],
        `  ✗ ${plural(findings.length, "figure")} ${findings.length === 1 ? "differs" : "differ"}.`,
      ),
      ...scope(audit),
    ];
  }
  const whose = audit.factory === undefined ? " Nobody was asked whose contest it is (--factory)." : "";
  const at =
    indexerBlock === undefined || indexerBlock === block.number ? "" : ` (the indexer's at its block ${indexerBlock})`;
  return [
    styleText(["green", "bold"], `  ✓ All agree: ${all.slice(0, -1).join(", ")} and ${all.at(-1)}${at}.${whose}`),
    ...scope(audit),
  ];
}

/** What was compared, so that nobody takes the verdict for more than it is. */
function scope(audit: Audit): string[] {
  const { recount, rules, compared, factory } = audit;
  const of = (name: keyof Audit["compared"], one: string) => {
    const { read, of: all } = compared[name];
    return `${plural(read, one)}${read < all ? ` of ${all}` : ""}`;
  };
  return [
    `    compared: ${plural(recount.entries.size, "entry", "entries")} (author, model size, hashes, status, challenge, weight, score),`,
    `      ${of("stakes", "stake")} with weight, ${of("credits", "account")} with credit, ${of("funders", "funder")},`,
    `      ${rules.isOpen ? "" : `${of("persons", "person")} (bound, counted), `}bonds, pot, result, prizes paid and coins held; every event against the rules`,
    `    factory ${factory === undefined ? "not checked" : `asked: ${factory}`}`,
    ...nodesScope(audit),
  ];
}

function differences({ findings }: Audit): string[] {
  // What the chain and an indexer say is theirs: none of it may write the page.
  const rows = findings
    .slice(0, MOST_ROWS)
    .map(({ where, what, recount, found }) => [where, what, recount, found].map(printable));
  const lines = table(["where", "figure", "recount", "found"], rows, [0, 1, 2, 3]).map((line) => `  ${line}`);
  return findings.length > MOST_ROWS
    ? [...lines, `  … and ${findings.length - MOST_ROWS} more (--json lists all)`]
    : lines;
}

function mark({ findings }: Audit, name: string, where: "contract" | "indexer"): string {
  const differs = findings.some(
    (finding) => finding.where === where && (finding.what === name || finding.what.startsWith(`${name}:`)),
  );
  return differs ? styleText("red", "✗") : styleText("green", "✓");
}
