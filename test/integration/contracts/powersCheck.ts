import type { Address } from "viem";
import { expect } from "vitest";
import { LAB_START, LAB_TIMES } from "../../support/contestLab.ts";
import type { PowersWorld } from "./powersWorld.ts";

type Seat = {
  readonly credit: bigint;
  readonly funded: bigint;
  readonly counted: bigint;
  readonly bound: boolean;
  readonly stakes: readonly bigint[];
  readonly weights: readonly bigint[];
  readonly nonces: readonly bigint[];
};

type Account = {
  readonly coins: bigint;
  readonly native: bigint;
  readonly registryCoins: bigint;
  readonly registryNative: bigint;
  readonly nodeStake: bigint;
  readonly panelNative: bigint;
  readonly seats: readonly Seat[];
};

/** What `PowersLens` sees; accounts in the order of `watched`. */
export type Seen = {
  readonly accounts: readonly Account[];
  readonly contests: readonly {
    readonly rules: string;
    readonly standings: string;
    readonly entryCount: bigint;
    readonly pot: bigint;
    readonly entryBond: bigint;
    readonly challengeBond: bigint;
    readonly entries: readonly {
      readonly weight: bigint;
      readonly score: bigint;
      readonly status: number;
      readonly lasting: string;
      readonly author: Address;
      readonly bondHeld: boolean;
      /** Zero when no challenge is open. */
      readonly challenger: Address;
    }[];
  }[];
  /** Seconds since 1970. */
  readonly time: bigint;
  /** By voter and contest: whether all stakes could be taken out with one call at that moment. */
  readonly leaving: readonly (readonly boolean[])[];
};

type Taken = {
  readonly where: string;
  readonly key: string;
  readonly from: Address;
  /** Wei that the voter's stake on entry 1 may change by, as the voter signed. */
  readonly signed: bigint | undefined;
  readonly before: Seen;
  readonly after: Seen;
  readonly world: PowersWorld;
};

/** Who else may lose coins by a call, and why that is not theft: the node spoke untruly, or gave no answer in time. */
const MAY_LOSE: Readonly<Record<string, (world: PowersWorld) => Address>> = {
  "NodeRegistry.slashAttestation": ({ liar }) => liar,
  "NodeRegistry.slashReceipt": ({ liar }) => liar,
  "NodeRegistry.expireBlock": ({ account }) => account("node"),
};
/** Rulings move bonds, which their owners put at stake for that. Nothing else moves another's bond. */
const RULES_ON_BONDS = ["Contest.rule", "PanelArbitrator.vote"];
const PANEL_PAYS = ["PanelArbitrator.collect", "PanelArbitrator.collectTo"];
const MAY_CHANGE_STATUS = [...RULES_ON_BONDS, "Contest.retract", "Contest.challenge", "Contest.lapse"];
const REMOVED = 4;

/** Holds what one successful call did against what it may do. */
export function checkTaken(taken: Taken): void {
  const { world, before, after, from } = taken;
  for (const [place, account] of world.watched.entries()) {
    const [was, is] = [before.accounts[place], after.accounts[place]];
    if (was === undefined || is === undefined) throw new Error(`${account} was not seen`);
    if (account !== from) checkOther(taken, account, was, is);
  }
  for (const contest of world.contests.keys()) checkContest(taken, contest);
  for (const [voter, account] of world.voters.entries()) {
    for (const contest of world.contests.keys()) {
      const stakes = after.accounts[world.watched.indexOf(account)]?.seats[contest]?.stakes ?? [];
      const mustLeave = stakes.some((stake) => stake > 0n);
      check(!mustLeave || after.leaving[voter]?.[contest] === true, () => `${taken.where}: ${account} cannot leave`);
    }
  }
}

/** Somebody who did not call: nothing of theirs shrinks, no stake or weight of theirs changes. */
function checkOther(
  { where, key, from, world, signed, before, after }: Taken,
  account: Address,
  was: Account,
  is: Account,
): void {
  if (MAY_LOSE[key]?.(world) !== account) {
    check(coinsOf(is) >= coinsOf(was), () => `${where}: coins of ${account} shrank`);
    same(`${where}: node stake of ${account}`, is.nodeStake, was.nodeStake);
    if (!RULES_ON_BONDS.includes(key)) {
      const [now, then] = [coinsOf(is) + bondsOf(after, account), coinsOf(was) + bondsOf(before, account)];
      check(now >= then, () => `${where}: bonds of ${account} shrank`);
    }
  }
  // The panel pays out what it owed its caller, and exactly that.
  const at = world.watched.indexOf(from);
  const owed = (seen: Seen) => seen.accounts[at]?.panelNative ?? 0n;
  const collected = account === world.panel && PANEL_PAYS.includes(key) ? owed(before) - owed(after) : 0n;
  check(nativeOf(is) + collected >= nativeOf(was), () => `${where}: the chain's own coin of ${account} shrank`);
  for (const [place, seat] of is.seats.entries()) {
    const old = was.seats[place];
    if (old === undefined) throw new Error("a contest was not seen");
    const mayMove = signed !== undefined && account === world.account("voter");
    if (seat.stakes.length !== old.stakes.length) throw new Error(`${where}: ${account} was seen once only`);
    same(`${where}: person and funds of ${account}`, [seat.bound, seat.funded], [old.bound, old.funded]);
    for (const [entry, stake] of seat.stakes.entries()) {
      const change = stake - (old.stakes[entry] ?? 0n);
      const asSigned = mayMove && entry === 0 && change === signed;
      check(change === 0n || asSigned, () => `${where}: stake of ${account} on entry ${entry + 1}`);
    }
    if (mayMove) continue;
    const weighed = ({ weights, nonces, counted }: Seat) => [weights, nonces, counted];
    same(`${where}: weights and nonces of ${account}`, weighed(seat), weighed(old));
  }
}

/** Tallies follow from stakes and from nothing else; rules, entries, pot and standings from what the law names. */
function checkContest({ where, key, from, world, before, after }: Taken, place: number): void {
  const [was, is] = [before.contests[place], after.contests[place]];
  if (was === undefined || is === undefined) throw new Error("a contest was not seen");
  same(`${where}: rules`, is.rules, was.rules);
  check(is.pot >= was.pot, () => `${where}: the pot shrank`);
  if (!["Contest.count", "Contest.finalize"].includes(key)) {
    same(`${where}: standings`, is.standings, was.standings);
  }
  for (const [entry, seen] of is.entries.entries()) {
    const old = was.entries[entry];
    if (old === undefined) throw new Error("an entry was not seen");
    const weights = (accounts: Seen["accounts"]) =>
      accounts.reduce((total, account) => total + (account.seats[place]?.weights[entry] ?? 0n), 0n);
    const change = weights(after.accounts) - weights(before.accounts);
    same(`${where}: weight of entry ${entry + 1}`, seen.weight - old.weight, change);
    same(`${where}: score of entry ${entry + 1}`, seen.score - old.score, change * secondsLeft(after.time));
    // Ids beyond those given out are empty, and may be given out.
    if (BigInt(entry) < was.entryCount) same(`${where}: entry ${entry + 1}`, seen.lasting, old.lasting);
    if (BigInt(entry) >= was.entryCount || seen.status === old.status) continue;
    check(MAY_CHANGE_STATUS.includes(key), () => `${where}: status of entry ${entry + 1}`);
    if (seen.status !== REMOVED) continue;
    const judges = [world.account("arbitrator"), world.account("panel member")];
    check(judges.includes(from), () => `${where}: removed entry ${entry + 1}`);
  }
}

/** Seconds of the averaging window that are still to come. Source: contracts/PROTOCOL.md, Tally. */
function secondsLeft(time: bigint): bigint {
  const [countFrom, votesClose] = [BigInt(LAB_START + LAB_TIMES.countFrom), BigInt(LAB_START + LAB_TIMES.votesClose)];
  if (time >= votesClose) return 0n;
  return votesClose - (time > countFrom ? time : countFrom);
}

function coinsOf(account: Account): bigint {
  const held = account.coins + account.registryCoins + account.nodeStake;
  return account.seats.reduce(
    (total, { credit, funded, stakes }) => stakes.reduce((sum, stake) => sum + stake, total + credit + funded),
    held,
  );
}

/** Wei that contests hold for entries and challenges of an account. */
function bondsOf({ contests }: Seen, account: Address): bigint {
  let bonds = 0n;
  for (const { entries, entryBond, challengeBond } of contests) {
    for (const { author, bondHeld, challenger } of entries) {
      if (author === account && bondHeld) bonds += entryBond;
      if (challenger === account) bonds += challengeBond;
    }
  }
  return bonds;
}

function nativeOf(account: Account): bigint {
  return account.native + account.registryNative + account.panelNative;
}

/** Far quicker than `expect`, of which a walk would make a million. */
function check(holds: boolean, what: () => string): void {
  if (!holds) expect.fail(what());
}

function same(what: string, is: unknown, was: unknown): void {
  if (is !== was && String(is) !== String(was)) expect.fail(`${what}: ${String(was)} became ${String(is)}`);
}
