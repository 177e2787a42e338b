import type { Address, Hex } from "viem";

/** A contest's rules as the contract returns them; amounts in wei, times in seconds since 1970. See `IContest.sol`. */
export type Rules = {
  readonly coin: Address;
  readonly prizeToken: Address;
  readonly personhood: Address;
  readonly arbitrator: Address;
  readonly arbitratorExtraDataHash: Hex;
  readonly declarationHash: Hex;
  readonly entriesOpen: number;
  readonly votesOpen: number;
  readonly countFrom: number;
  readonly votesClose: number;
  readonly rulingTimeout: number;
  readonly maxEntries: number;
  readonly maxModelBytes: number;
  readonly personCap: bigint;
  readonly entryCap: bigint;
  readonly entryBond: bigint;
  readonly challengeBond: bigint;
  readonly minTally: bigint;
  readonly split: readonly number[];
};

/** In the order of the Solidity enum. */
export const PHASES = ["upcoming", "entry", "voting", "counting", "final"] as const;
export type Phase = (typeof PHASES)[number];

/** In the order of the Solidity enum. */
export const ENTRY_STATUSES = ["none", "live", "challenged", "retracted", "removed"] as const;
export type EntryStatus = (typeof ENTRY_STATUSES)[number];

export type Mode = "open" | "personhood";

export const ZERO_ADDRESS: Address = "0x0000000000000000000000000000000000000000";

/** An open contest has no personhood adapter. */
export function modeOf(rules: Pick<Rules, "personhood">): Mode {
  return rules.personhood === ZERO_ADDRESS ? "open" : "personhood";
}

type Times = Pick<Rules, "entriesOpen" | "votesOpen" | "votesClose">;

/** Phase at `time`, in seconds since 1970. `isFinal`: whether `finalize` has happened. */
export function phaseAt(rules: Times, time: number, isFinal: boolean): Phase {
  if (isFinal) return "final";
  if (time < rules.entriesOpen) return "upcoming";
  if (time < rules.votesOpen) return "entry";
  if (time < rules.votesClose) return "voting";
  return "counting";
}

/** The status that a contract's number stands for. Throws `RangeError` for an unknown one. */
export function entryStatusOf(value: number): EntryStatus {
  const status = ENTRY_STATUSES[value];
  if (status === undefined) throw new RangeError(`no entry status ${value}`);
  return status;
}

/** The phase that a contract's number stands for. Throws `RangeError` for an unknown one. */
export function phaseOf(value: number): Phase {
  const phase = PHASES[value];
  if (phase === undefined) throw new RangeError(`no phase ${value}`);
  return phase;
}
