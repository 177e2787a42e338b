/** The rules that the recount needs; amounts in wei, times in seconds since 1970. */
export type AuditRules = {
  readonly coin: string;
  readonly prizeToken: string;
  readonly isOpen: boolean;
  readonly arbitrator: string;
  readonly rulingTimeout: bigint;
  readonly entriesOpen: bigint;
  readonly votesOpen: bigint;
  readonly countFrom: bigint;
  readonly votesClose: bigint;
  readonly maxModelBytes: bigint;
  readonly personCap: bigint;
  readonly entryCap: bigint;
  readonly entryBond: bigint;
  readonly challengeBond: bigint;
  readonly minTally: bigint;
  readonly split: readonly bigint[];
};

/** Phase at `time`, in words; `final` needs the contract's word and is added by the caller. */
export function phaseNameAt(rules: AuditRules, time: bigint): string {
  if (time < rules.entriesOpen) return "not yet open";
  if (time < rules.votesOpen) return "entries open";
  if (time < rules.votesClose) return "voting open";
  return "voting closed";
}
