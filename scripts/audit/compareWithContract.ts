import { Contract } from "ethers";
import { DEAD } from "./bondBooks.ts";
import type { ChainReader } from "./chainReader.ts";
import type { CoinsHeld } from "./coinsOwed.ts";
import { coinsOwed, leftOfPot } from "./coinsOwed.ts";
import { coinInterface, contestInterface } from "./contestInterface.ts";
import { evenly, inBatches } from "./fewAtOnce.ts";
import type { Finding } from "./finding.ts";
import { compare } from "./finding.ts";
import type { Recount } from "./recount.ts";
import type { AuditRules } from "./rulesOf.ts";
import type { Standings } from "./standingsOf.ts";
import { gatheredAt, takesPart } from "./standingsOf.ts";

/** Stakes, and accounts of a kind, that are looked up one by one; of more, an even selection. */
const MOST_READ = 2_000;

/** How many were looked up, of all that the events name. */
export type Compared = Readonly<Record<"stakes" | "credits" | "funders" | "persons", { read: number; of: number }>>;

export type Moment = { readonly number: number; readonly timestamp: bigint };

/** Compares a recount with what the contract says of itself at the same block. Returns every figure that differs. */
export async function compareWithContract(options: {
  readonly chain: ChainReader;
  readonly contest: string;
  readonly at: Moment;
  readonly rules: AuditRules;
  readonly recount: Recount;
  readonly standings: Standings;
}): Promise<{
  readonly findings: Finding[];
  readonly isFinal: boolean;
  readonly compared: Compared;
  readonly coins: CoinsHeld;
}> {
  const { chain, contest, at, rules, recount, standings } = options;
  const contract = new Contract(contest, contestInterface, chain.provider);
  const read = (name: string, ...args: unknown[]) =>
    contract.getFunction(name).staticCall(...args, { blockTag: at.number });
  const findings: Finding[] = [];
  const expect = (what: string, counted: unknown, found: unknown) =>
    findings.push(...compare("contract", what, counted, found));

  expect("number of entries", BigInt(recount.entries.size), await read("entryCount"));
  const takingPart = [...recount.entries.values()].filter(takesPart);
  expect("entries that take part", BigInt(takingPart.length), await read("liveCount"));
  const lastChallenge = new Map([...recount.challenges.values()].map((challenge) => [challenge.entryId, challenge]));
  let bondsHeld = 0n;
  await inBatches(standings.rows, async ({ entry, score }) => {
    const [view, tally, projected, challenged] = await Promise.all([
      read("entry", entry.id),
      read("tallyOf", entry.id),
      read("scoreOf", entry.id),
      read("challengeOf", entry.id),
    ]);
    const name = `entry ${entry.id}`;
    expect(`${name}: author`, entry.author, String(view.author).toLowerCase());
    expect(`${name}: model size`, entry.modelSize, view.modelSize);
    expect(`${name}: identity of its hashes`, entry.identity, view.identity);
    expect(`${name}: status`, entry.status, statusName(view.status));
    expect(`${name}: weight`, entry.weight, tally.weight);
    expect(
      `${name}: score gathered so far`,
      gatheredAt(entry, rules, at.timestamp),
      contractGathered(tally, rules, at.timestamp),
    );
    expect(`${name}: projected score`, score, projected);
    if (view.bondHeld) bondsHeld += 1n;
    const challenge = lastChallenge.get(entry.id);
    expect(`${name}: last challenge`, challenge?.id ?? 0n, challenged.challengeId);
    expect(`${name}: challenge open`, challenge !== undefined && challenge.ruling === undefined, challenged.open);
    if (challenge === undefined) return;
    expect(`${name}: challenger`, challenge.challenger, String(challenged.challenger).toLowerCase());
    expect(`${name}: dispute`, challenge.disputeId, challenged.disputeId);
    if (challenge.openedAt !== undefined) expect(`${name}: challenged at`, challenge.openedAt, challenged.openedAt);
  });
  // Which of an author's bonds came back after the result is not told, only how many.
  expect("entry bonds held", BigInt([...recount.entries.values()].filter((one) => one.bondHeld).length), bondsHeld);

  const stakes = evenly([...recount.stakes.values()], MOST_READ);
  await inBatches(stakes, async ({ voter, entryId, stake, weight }) => {
    const view = await read("stakeOf", voter, entryId);
    expect(`entry ${entryId}: stake of ${voter}`, stake, view.stake);
    expect(`entry ${entryId}: weight of ${voter}`, weight, view.weight);
  });

  const accounts = [...accountsIn(recount)];
  const credits = evenly(accounts, MOST_READ);
  await inBatches(credits, async (account) => {
    expect(`credit of ${account}`, recount.owed.get(account) ?? 0n, await read("creditOf", account));
  });
  const funders = evenly([...recount.fundedBy], MOST_READ);
  await inBatches(funders, async ([funder, funded]) => {
    expect(`funded by ${funder}`, funded, await read("fundedBy", funder));
  });
  const wallets = rules.isOpen ? [] : [...personsIn(recount)];
  const persons = evenly(wallets, MOST_READ);
  await inBatches(persons, async (wallet) => {
    const view = await read("personOf", wallet);
    expect(`person ${wallet}: bound`, recount.bound.has(wallet), view.bound);
    expect(`person ${wallet}: counted`, recount.counted.get(wallet) ?? 0n, view.counted);
    expect(
      `person ${wallet}: own entry`,
      takingPart.find(({ author }) => author === wallet)?.id ?? 0n,
      view.liveEntryId,
    );
  });

  await inBatches(evenly([...recount.cancelled.values()], MOST_READ), async ({ voter, entryId, mask }) => {
    const spent: bigint = await read("noncesOf", voter, entryId);
    expect(`entry ${entryId}: nonces given up by ${voter}`, mask, spent & mask);
  });

  const [ranks, pot] = await Promise.all([read("standings"), read("pot")]);
  const isFinal: boolean = ranks.isFinal;
  expect("result is final", recount.finalized !== undefined, isFinal);
  if (isFinal) {
    ranks.entryIds.forEach((id: bigint, position: number) => {
      expect(`rank ${position + 1}`, standings.topTen[position], id);
    });
    expect("part of the pot for its funders", standings.unheld, pot.unheld);
    expect("prizes paid", paidBits(recount), pot.paid);
  }
  expect("pot", recount.pot, pot.total);
  const coins = coinsOwed(recount, rules);
  const held = await balanceIn(chain, rules.coin, { contest, at });
  if (held < coins.total) expect("coins held cover all that is owed", `at least ${coins.total}`, held);
  const left = leftOfPot(recount);
  const prizes = rules.prizeToken === rules.coin ? left : await balanceIn(chain, rules.prizeToken, { contest, at });
  if (prizes < left) expect("prize tokens held cover the pot", `at least ${left}`, prizes);
  const compared: Compared = {
    stakes: { read: stakes.length, of: recount.stakes.size },
    credits: { read: credits.length, of: accounts.length },
    funders: { read: funders.length, of: recount.fundedBy.size },
    persons: { read: persons.length, of: wallets.length },
  };
  return { findings, isFinal, compared, coins: { ...coins, held } };
}

async function balanceIn(
  { provider }: ChainReader,
  token: string,
  { contest, at }: { readonly contest: string; readonly at: Moment },
): Promise<bigint> {
  return new Contract(token, coinInterface, provider)
    .getFunction("balanceOf")
    .staticCall(contest, { blockTag: at.number });
}

function contractGathered(
  tally: { weight: bigint; acc: bigint; last: bigint },
  rules: AuditRules,
  time: bigint,
): bigint {
  const capped = time < rules.votesClose ? time : rules.votesClose;
  const seconds = capped > rules.countFrom ? capped - rules.countFrom : 0n;
  return seconds > tally.last ? tally.acc + tally.weight * (seconds - tally.last) : tally.acc;
}

/** Every account that was credited, and every other that can be: whose credit an endpoint might hide. */
function accountsIn({ owed, entries, challenges }: Recount): Set<string> {
  const authors = [...entries.values()].map(({ author }) => author);
  const challengers = [...challenges.values()].map(({ challenger }) => challenger);
  return new Set([DEAD, ...owed.keys(), ...authors, ...challengers]);
}

/** Every wallet that is bound or ever had a stake. */
function personsIn({ bound, stakes }: Recount): Set<string> {
  return new Set([...bound, ...[...stakes.values()].map(({ voter }) => voter)]);
}

function paidBits({ claims }: Recount): bigint {
  return claims.reduce((bits, { rank }) => bits | (1n << (rank - 1n)), 0n);
}

function statusName(status: bigint): string {
  return ["none", "live", "challenged", "retracted", "removed"][Number(status)] ?? `status ${status}`;
}
