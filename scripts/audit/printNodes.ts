import { styleText } from "node:util";
import type { Audit } from "./auditContest.ts";
import { decimal, plural, table, when } from "./auditWords.ts";
import type { NodeCount } from "./nodeCount.ts";
import type { RegistryRules } from "./registryRules.ts";

/** Most nodes that are listed one by one. */
const MOST_NODES = 40;
/** The chain's own coin has 18 decimals everywhere; its name is not on the chain. */
const NATIVE_DECIMALS = 18;

/** The books of the node registry as part of the page; a line that says so where none was named. */
export function printNodes({ nodes, findings, block }: Audit): string[] {
  const bold = (text: string) => styleText("bold", text);
  const dim = (text: string) => styleText("dim", text);
  if (nodes === undefined) return [bold("Node registry"), "  not recounted: none was named (--registry names one)"];
  const { registry, rules, recount, held, coin, events, fromBlock } = nodes;
  const amount = (wei: bigint) => decimal(wei, coin.decimals);
  const own = (wei: bigint) => decimal(wei, NATIVE_DECIMALS, 6);
  const given = (total: bigint, has: bigint, text: (wei: bigint) => string) =>
    has > total ? `, ${text(has - total)} given unasked` : "";
  const rows = [...recount.nodes.values()].slice(0, MOST_NODES).map((node) => {
    const differs = findings.some(({ where, what }) => where === "registry" && what.startsWith(`node ${node.node}:`));
    return [
      node.node,
      stateOf(node, rules, block.timestamp),
      amount(node.stake),
      amount(node.slashed),
      String(node.attested),
      String(node.answered),
      String(node.expired),
      String(node.openChallenges),
      differs ? styleText("red", "✗") : styleText("green", "✓"),
    ];
  });
  const heads = ["node", "state", "stake", "lost", "attested", "answered", "missed", "asked now", "registry"];
  const more = recount.nodes.size - rows.length;
  return [
    bold("Recount of the books of its nodes"),
    `  registry  ${registry}, ${plural(events, "event")} since block ${fromBlock}`,
    `  holds     ${amount(held.coin.held)} ${coin.symbol}: ${amount(held.coin.stakes)} staked, ${amount(held.coin.credits)} credited, ${amount(held.coin.unburned)} to be burned${given(held.coin.total, held.coin.held, amount)}; ${amount(recount.burned)} burned`,
    `            ${own(held.native.held)} of the chain's own coin: ${own(held.native.bonds)} in bonds, ${own(held.native.credits)} credited${given(held.native.total, held.native.held, own)}`,
    "",
    ...(rows.length === 0
      ? ["  nobody registered yet"]
      : table(heads, rows, [0, 1]).map((line, index) => `  ${index === 0 ? dim(line) : line}`)),
    ...(more > 0 ? [`  … and ${plural(more, "more node", "more nodes")} (--json lists all)`] : []),
  ];
}

/** What was compared of the registry. */
export function nodesScope({ nodes }: Audit): string[] {
  if (nodes === undefined) return ["    node registry not checked: none was named"];
  const { compared, recount } = nodes;
  const of = (name: keyof typeof compared, one: string, many?: string) => {
    const { read, of: all } = compared[name];
    return `${plural(read, one, many)}${read < all ? ` of ${all}` : ""}`;
  };
  return [
    `    node registry: ${of("nodes", "node")} (stake, state, URL), ${of("keys", "key")}, ${of("challenges", "block challenge")} with bond,`,
    `      ${of("credits", "account")} with credit in two coins, ${plural(recount.slashes, "slash", "slashes")} (amount, reward, evidence),`,
    `      ${of("statements", "false statement")} paid for, coins burned and still to be burned, both coins held; every event against the law`,
  ];
}

/** The registry's part of the JSON: null where none was named. */
export function nodesAsJson({ nodes }: Audit): unknown {
  if (nodes === undefined) return null;
  const { registry, events, recount, held, compared } = nodes;
  const texts = (amounts: Readonly<Record<string, bigint>>) =>
    Object.fromEntries(Object.entries(amounts).map(([name, wei]) => [name, String(wei)]));
  return {
    registry,
    events,
    compared,
    coin: texts(held.coin),
    native: texts(held.native),
    burned: String(recount.burned),
    slashes: recount.slashes,
    nodes: [...recount.nodes.values()].map(({ node, stake, slashed, leavesAt, ...counts }) => ({
      node,
      stake: String(stake),
      slashed: String(slashed),
      ...counts,
      leavesAt: leavesAt === 0n ? null : Number(leavesAt),
    })),
    challenges: [...recount.challenges.values()].map((one) => ({
      challengeId: Number(one.id),
      node: one.node,
      contest: one.contest,
      entryId: Number(one.entryId),
      index: Number(one.blockIndex),
      challenger: one.challenger,
      bond: String(one.bond),
      answerBy: Number(one.answerBy),
      state: one.state,
    })),
    credits: recount.credits
      .filter(({ amount }) => amount > 0n)
      .map(({ amount, ...whose }) => ({ ...whose, amount: String(amount) })),
  };
}

function stateOf({ stake, leavesAt }: NodeCount, { minStake }: RegistryRules, now: bigint): string {
  if (leavesAt === 0n) return stake >= minStake ? "active" : "below the least stake";
  if (stake === 0n) return "left";
  return now < leavesAt ? `leaving, ${when(leavesAt)}` : "may take its stake";
}
