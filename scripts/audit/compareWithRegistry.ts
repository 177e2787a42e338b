import { Contract } from "ethers";
import type { ChainReader } from "./chainReader.ts";
import { coinInterface } from "./contestInterface.ts";
import { evenly, inBatches } from "./fewAtOnce.ts";
import type { Finding } from "./finding.ts";
import { compare } from "./finding.ts";
import type { RegistryRecount } from "./recountRegistry.ts";
import { registryInterface } from "./registryInterface.ts";
import type { RegistryOwed } from "./registryOwed.ts";
import { registryOwed } from "./registryOwed.ts";
import type { RegistryRules } from "./registryRules.ts";
import { NATIVE } from "./registryRules.ts";

/** Challenges, credits and statements that are looked up one by one; of more, an even selection. */
const MOST_READ = 2_000;

/** How many were looked up, of all that the events name. */
export type RegistryCompared = Readonly<
  Record<"nodes" | "keys" | "challenges" | "credits" | "statements", { readonly read: number; readonly of: number }>
>;

/** `held`: what the registry does hold. What lies above the total was given unasked. */
export type RegistryHeld = {
  readonly coin: RegistryOwed["coin"] & { readonly held: bigint };
  readonly native: RegistryOwed["native"] & { readonly held: bigint };
};

/** Compares a recount with what the registry says of itself at the same block. Returns every figure that differs. */
export async function compareWithRegistry(options: {
  readonly chain: ChainReader;
  readonly registry: string;
  readonly block: number;
  readonly rules: RegistryRules;
  readonly recount: RegistryRecount;
}): Promise<{ readonly findings: Finding[]; readonly compared: RegistryCompared; readonly held: RegistryHeld }> {
  const { chain, registry, block, rules, recount } = options;
  const contract = new Contract(registry, registryInterface, chain.provider);
  const read = (name: string, ...args: unknown[]) =>
    contract.getFunction(name).staticCall(...args, { blockTag: block });
  const findings: Finding[] = [];
  const expect = (what: string, counted: unknown, found: unknown) =>
    findings.push(...compare("registry", what, counted, found));

  const nodes = evenly([...recount.nodes.values()], MOST_READ);
  await inBatches(nodes, async ({ node, stake, leavesAt, openChallenges, endpoint }) => {
    const view = await read("nodeOf", node);
    expect(`node ${node}: stake`, stake, view.stake);
    expect(`node ${node}: leaves at`, leavesAt, view.leavesAt);
    expect(`node ${node}: open challenges`, openChallenges, view.openChallenges);
    expect(`node ${node}: active`, stake >= rules.minStake && leavesAt === 0n, view.active);
    expect(`node ${node}: URL`, endpoint, view.endpoint);
  });
  const keys = evenly([...recount.keys], MOST_READ);
  await inBatches(keys, async ([key, node]) => {
    expect(`node ${node}: key ${key}`, node, String(await read("nodeOfKey", key)).toLowerCase());
  });

  expect("number of challenges", recount.challenges.size, await read("challengeCount"));
  const challenges = evenly([...recount.challenges.values()], MOST_READ);
  await inBatches(challenges, async ({ id, node, contest, entryId, blockIndex, challenger, bond, answerBy, state }) => {
    const view = await read("challengeOf", id);
    expect(`challenge ${id}: open`, state === "open", view.answerBy !== 0n);
    if (state !== "open" || view.answerBy === 0n) return;
    expect(`challenge ${id}: node`, node, view.node.toLowerCase());
    expect(`challenge ${id}: entry`, `${entryId} of ${contest}`, `${view.entryId} of ${view.contest.toLowerCase()}`);
    expect(`challenge ${id}: block asked for`, blockIndex, view.index);
    expect(`challenge ${id}: challenger`, challenger, view.challenger.toLowerCase());
    expect(`challenge ${id}: bond`, bond, view.bond);
    expect(`challenge ${id}: answer by`, answerBy, view.answerBy);
    expect(`challenge ${id}: the one open for its entry`, id, await read("openChallengeOf", node, contest, entryId));
  });

  const accounts = [...accountsIn(recount)];
  const asked = evenly(accounts, MOST_READ);
  const creditOf = new Map(recount.credits.map(({ account, token, amount }) => [`${account}/${token}`, amount]));
  await inBatches(asked, async (account) => {
    for (const token of [rules.coin, NATIVE]) {
      const what = token === NATIVE ? `credit of ${account}, chain's own coin` : `credit of ${account}`;
      expect(what, creditOf.get(`${account}/${token}`) ?? 0n, await read("creditOf", account, token));
    }
  });
  const statements = evenly([...recount.statements], MOST_READ);
  await inBatches(statements, async ([digest, isPunished]) => {
    expect(`statement ${digest}: paid for`, isPunished, await read("isPunished", digest));
  });
  expect("coins still to be burned", recount.unburned, await read("unburned"));

  const owed = registryOwed(recount);
  const coins: bigint = await new Contract(rules.coin, coinInterface, chain.provider)
    .getFunction("balanceOf")
    .staticCall(registry, { blockTag: block });
  const native = await chain.provider.getBalance(registry, block);
  if (coins < owed.coin.total) expect("coins held cover all that is owed", `at least ${owed.coin.total}`, coins);
  if (native < owed.native.total)
    expect("the chain's own coin held covers all that is owed", `at least ${owed.native.total}`, native);
  return {
    findings,
    compared: {
      nodes: { read: nodes.length, of: recount.nodes.size },
      keys: { read: keys.length, of: recount.keys.size },
      challenges: { read: challenges.length, of: recount.challenges.size },
      credits: { read: asked.length, of: accounts.length },
      statements: { read: statements.length, of: recount.statements.size },
    },
    held: { coin: { ...owed.coin, held: coins }, native: { ...owed.native, held: native } },
  };
}

/** Every account that was credited, and every other that can be: whose credit an endpoint might hide. */
function accountsIn({ credits, nodes, challenges }: RegistryRecount): Set<string> {
  const challengers = [...challenges.values()].map(({ challenger }) => challenger);
  return new Set([...credits.map(({ account }) => account), ...nodes.keys(), ...challengers]);
}
