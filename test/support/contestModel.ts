import type { Mode } from "#protocol/rules.ts";
import { EMPTY_TALLY, reweighTally, type Tally, type Window, weightOf } from "#protocol/tally.ts";

export type Caps = { readonly entryCap: bigint; readonly personCap: bigint };

/** What a voter may ask of a contest. Amounts in wei; voters and entries by number, entries from 1. */
export type Ask =
  | { readonly kind: "drop"; readonly voter: number; readonly entry: number; readonly amount: bigint }
  | { readonly kind: "withdraw"; readonly voter: number; readonly entry: number; readonly amount: bigint }
  | {
      readonly kind: "move";
      readonly voter: number;
      readonly entry: number;
      readonly target: number;
      readonly amount: bigint;
    }
  | { readonly kind: "reweigh"; readonly voter: number; readonly entry: number }
  | { readonly kind: "bind"; readonly voter: number };

type Stake = { coins: bigint; weight: bigint };

export type ContestModel = ReturnType<typeof createContestModel>;

/**
 * A contest in a few lines over the reference tally: stakes, caps and support as contracts/PROTOCOL.md says, with no
 * regard for how the contract does it. `entries`: ids 1 to this one are live.
 */
export function createContestModel(options: { mode: Mode; entries: number; window: Window; caps: Caps }) {
  const { mode, entries, window, caps } = options;
  const stakes = new Map<string, Stake>();
  const tallies = new Map<number, Tally>();
  const persons = new Set<number>();

  const stakeOf = (voter: number, entry: number): Stake => stakes.get(`${voter} ${entry}`) ?? { coins: 0n, weight: 0n };
  const tallyOf = (entry: number): Tally => tallies.get(entry) ?? EMPTY_TALLY;
  const isLive = (entry: number) => entry >= 1 && entry <= entries;
  const counts = (voter: number) => mode === "open" || persons.has(voter);

  function countedBy(voter: number): bigint {
    let sum = 0n;
    for (let entry = 1; entry <= entries; entry += 1) {
      const stake = stakeOf(voter, entry);
      if (stake.weight > 0n) sum += stake.coins;
    }
    return sum;
  }

  function put(voter: number, entry: number, stake: Stake, time: bigint): void {
    const tally = tallyOf(entry);
    const weight = tally.weight - stakeOf(voter, entry).weight + stake.weight;
    tallies.set(entry, reweighTally(tally, weight, time, window));
    stakes.set(`${voter} ${entry}`, stake);
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

  return {
    stakeOf,
    tallyOf,
    countedBy,

    /** Does what is asked at `time`, in seconds since 1970, and says whether the law allows it. */
    apply(ask: Ask, time: bigint, isVoting: boolean): boolean {
      if (ask.kind === "bind") {
        if (mode === "open" || persons.has(ask.voter)) return false;
        persons.add(ask.voter);
        return true;
      }
      const { voter, entry } = ask;
      const old = stakeOf(voter, entry);
      if (ask.kind === "withdraw") {
        if (ask.amount === 0n || ask.amount > old.coins) return false;
        put(voter, entry, shrunk(voter, entry, ask.amount), time);
        return true;
      }
      if (!isVoting) return false;
      if (ask.kind === "reweigh") {
        if (mode === "open" || !persons.has(voter) || !isLive(entry) || old.coins === 0n) return false;
        if (old.weight > 0n) return true;
        const next = grown(voter, entry, 0n, 0n);
        if (next === undefined) return false;
        put(voter, entry, next, time);
        return true;
      }
      if (ask.amount === 0n) return false;
      if (ask.kind === "drop") {
        const next = isLive(entry) ? grown(voter, entry, ask.amount, 0n) : undefined;
        if (next === undefined) return false;
        put(voter, entry, next, time);
        return true;
      }
      if (ask.target === entry || !isLive(ask.target) || ask.amount > old.coins) return false;
      const target = grown(voter, ask.target, ask.amount, old.weight > 0n ? ask.amount : 0n);
      if (target === undefined) return false;
      put(voter, entry, shrunk(voter, entry, ask.amount), time);
      put(voter, ask.target, target, time);
      return true;
    },
  };
}
