import type { EntryStatus, Mode } from "#protocol/rules.ts";
import { EMPTY_TALLY, reweighTally, type Tally, type Window, weightOf } from "#protocol/tally.ts";

export type Caps = { readonly entryCap: bigint; readonly personCap: bigint };
export type Bonds = { readonly entryBond: bigint; readonly challengeBond: bigint };

type On = { readonly voter: number; readonly entry: number };

/** What a voter may ask of a contest. Amounts in wei; voters and entries by number, entries from 1. */
export type Ask =
  | (On & { readonly kind: "drop" | "withdraw"; readonly amount: bigint })
  | (On & { readonly kind: "move"; readonly target: number; readonly amount: bigint })
  | (On & { readonly kind: "reweigh" })
  | { readonly kind: "bind"; readonly voter: number }
  /** Signed by the voter, or in the voter's name by somebody else, and carried by a third. */
  | (On & {
      readonly kind: "order";
      readonly act: "drop" | "withdraw";
      readonly amount: bigint;
      readonly nonce: number;
      readonly isForged: boolean;
    })
  | (On & { readonly kind: "cancel"; readonly nonce: number })
  | (On & { readonly kind: "challenge" })
  /** By the arbitrator. */
  | { readonly kind: "rule"; readonly entry: number; readonly ruling: number }
  | { readonly kind: "lapse"; readonly entry: number };

type Stake = { coins: bigint; weight: bigint };
/** By whom and when, in seconds since 1970. */
type Challenge = { readonly by: string; readonly openedAt: bigint };

export type ContestModel = ReturnType<typeof createContestModel>;

type ModelOptions = {
  readonly mode: Mode;
  readonly entries: number;
  readonly window: Window;
  readonly caps: Caps;
  readonly bonds: Bonds;
  readonly rulingTimeout: bigint;
};

/** Who is credited: `voter 0`, `author 1`. */
export const voterName = (voter: number) => `voter ${voter}`;
export const authorName = (entry: number) => `author ${entry}`;

/**
 * A contest in a few lines over the reference tally: stakes, caps, orders, challenges and bonds as contracts/PROTOCOL.md
 * says, with no regard for how the contract does it. `entries`: ids 1 to this one are submitted.
 */
export function createContestModel({ mode, entries, window, caps, bonds, rulingTimeout }: ModelOptions) {
  const stakes = new Map<string, Stake>();
  const tallies = new Map<number, Tally>();
  const persons = new Set<number>();
  const nonces = new Map<string, Set<number>>();
  const challenges = new Map<number, Challenge>();
  const credits = new Map<string, bigint>();

  const stakeOf = (voter: number, entry: number): Stake => stakes.get(`${voter} ${entry}`) ?? { coins: 0n, weight: 0n };
  const tallyOf = (entry: number): Tally => tallies.get(entry) ?? EMPTY_TALLY;
  const statusOf = (entry: number): EntryStatus => (entry >= 1 && entry <= entries ? tallyOf(entry).status : "none");
  const isLive = (entry: number) => statusOf(entry) === "live" || statusOf(entry) === "challenged";
  const counts = (voter: number) => mode === "open" || persons.has(voter);
  const noncesOf = (voter: number, entry: number) => nonces.get(`${voter} ${entry}`) ?? new Set<number>();
  const setStatus = (entry: number, status: EntryStatus) => tallies.set(entry, { ...tallyOf(entry), status });
  const credit = (account: string, amount: bigint) => credits.set(account, (credits.get(account) ?? 0n) + amount);

  function countedBy(voter: number): bigint {
    let sum = 0n;
    for (let entry = 1; entry <= entries; entry += 1) {
      const stake = stakeOf(voter, entry);
      if (stake.weight > 0n) sum += stake.coins;
    }
    return sum;
  }

  function put(voter: number, entry: number, stake: Stake, time: bigint): true {
    const tally = tallyOf(entry);
    const weight = tally.weight - stakeOf(voter, entry).weight + stake.weight;
    tallies.set(entry, reweighTally(tally, weight, time, window));
    stakes.set(`${voter} ${entry}`, stake);
    return true;
  }

  /** The stake with `amount` more of it counted as the law says, or undefined where a cap forbids it. */
  function grown(voter: number, entry: number, amount: bigint, freed: bigint): Stake | undefined {
    const old = stakeOf(voter, entry);
    const coins = old.coins + amount;
    if (!counts(voter)) return { coins, weight: 0n };
    if (mode === "personhood") {
      const others = countedBy(voter) - freed - (old.weight > 0n ? old.coins : 0n);
      if (coins > caps.entryCap || others + coins > caps.personCap) return undefined;
    }
    return { coins, weight: weightOf(coins, mode) };
  }

  function shrunk(voter: number, entry: number, amount: bigint): Stake {
    const old = stakeOf(voter, entry);
    const coins = old.coins - amount;
    return { coins, weight: old.weight > 0n ? weightOf(coins, mode) : 0n };
  }

  function drop({ voter, entry }: On, amount: bigint, time: bigint, isVoting: boolean): boolean {
    const next = isVoting && amount > 0n && isLive(entry) ? grown(voter, entry, amount, 0n) : undefined;
    return next !== undefined && put(voter, entry, next, time);
  }

  function withdraw({ voter, entry }: On, amount: bigint, time: bigint): boolean {
    if (amount === 0n || amount > stakeOf(voter, entry).coins) return false;
    return put(voter, entry, shrunk(voter, entry, amount), time);
  }

  function close(entry: number, ruling: number): boolean {
    const challenge = challenges.get(entry);
    if (challenge === undefined) return false;
    challenges.delete(entry);
    setStatus(entry, ruling === 2 ? "removed" : "live");
    credit(ruling === 1 ? authorName(entry) : challenge.by, bonds.challengeBond);
    if (ruling === 2) credit(challenge.by, bonds.entryBond / 2n);
    return true;
  }

  return {
    stakeOf,
    tallyOf,
    statusOf,
    countedBy,
    noncesOf,
    credits: credits as ReadonlyMap<string, bigint>,
    openChallenges: () => [...challenges.keys()],

    /** Does what is asked at `time`, in seconds since 1970, and says whether the law allows it. */
    apply(ask: Ask, time: bigint, isVoting: boolean): boolean {
      switch (ask.kind) {
        case "bind": {
          if (mode === "open" || persons.has(ask.voter)) return false;
          persons.add(ask.voter);
          return true;
        }
        case "drop":
          return drop(ask, ask.amount, time, isVoting);
        case "withdraw":
          return withdraw(ask, ask.amount, time);
        case "order": {
          const spent = noncesOf(ask.voter, ask.entry);
          if (ask.isForged || spent.has(ask.nonce)) return false;
          const done = ask.act === "drop" ? drop(ask, ask.amount, time, isVoting) : withdraw(ask, ask.amount, time);
          if (done) nonces.set(`${ask.voter} ${ask.entry}`, new Set([...spent, ask.nonce]));
          return done;
        }
        case "cancel": {
          nonces.set(`${ask.voter} ${ask.entry}`, new Set([...noncesOf(ask.voter, ask.entry), ask.nonce]));
          return true;
        }
        case "challenge": {
          if (time >= window.votesClose || statusOf(ask.entry) !== "live") return false;
          setStatus(ask.entry, "challenged");
          challenges.set(ask.entry, { by: voterName(ask.voter), openedAt: time });
          return true;
        }
        case "rule":
          return close(ask.entry, ask.ruling);
        case "lapse": {
          const challenge = challenges.get(ask.entry);
          return challenge !== undefined && time >= challenge.openedAt + rulingTimeout && close(ask.entry, 0);
        }
        case "reweigh": {
          const { voter, entry } = ask;
          const old = stakeOf(voter, entry);
          if (!isVoting || mode === "open" || !persons.has(voter) || !isLive(entry) || old.coins === 0n) return false;
          if (old.weight > 0n) return true;
          const next = grown(voter, entry, 0n, 0n);
          return next !== undefined && put(voter, entry, next, time);
        }
        case "move": {
          const { voter, entry, amount } = ask;
          const old = stakeOf(voter, entry);
          if (!isVoting || amount === 0n || amount > old.coins) return false;
          if (ask.target === entry || !isLive(ask.target)) return false;
          const target = grown(voter, ask.target, amount, old.weight > 0n ? amount : 0n);
          if (target === undefined) return false;
          put(voter, entry, shrunk(voter, entry, amount), time);
          return put(voter, ask.target, target, time);
        }
      }
    },
  };
}
