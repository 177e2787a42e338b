import type { ContestEvent } from "./contestEvent.ts";
import type { EntryCount, StakeCount } from "./entryCount.ts";
import type { Expect } from "./law.ts";
import type { AuditRules } from "./rulesOf.ts";
import { squareRoot } from "./squareRoot.ts";
import { takesPart } from "./standingsOf.ts";

type StakeEvent = Extract<ContestEvent, { kind: "stake" }>;

/** Stakes, what they weigh, and the tallies that follow. `entries` are changed by it. */
export function createStakeBooks(options: {
  readonly rules: AuditRules;
  readonly entries: ReadonlyMap<bigint, EntryCount>;
  readonly isBound: (wallet: string) => boolean;
  readonly timeOf: (block: number) => bigint | undefined;
}) {
  const { rules, entries, isBound, timeOf } = options;
  const stakes = new Map<string, StakeCount>();
  const counted = new Map<string, bigint>();

  function apply(event: StakeEvent, expect: Expect): void {
    const { voter, entryId, stake, weight, timestamp } = event;
    const name = `entry ${entryId}, voter ${voter}`;
    const entry = entries.get(entryId);
    expect(entry !== undefined, `${name}: stake on an entry`, "unknown entry", "a submitted one");
    if (entry === undefined) return;
    const key = `${voter}/${entryId}`;
    const before = stakes.get(key) ?? { voter, entryId, stake: 0n, weight: 0n };
    const blockTime = timeOf(event.block);
    expect(blockTime === undefined || blockTime === timestamp, `${name}: time of the block`, timestamp, blockTime);
    expect(timestamp >= rules.votesOpen, `${name}: no stake before voting opens`, timestamp, rules.votesOpen);
    expect(
      timestamp < rules.votesClose || stake <= before.stake,
      `${name}: no more stake after the close`,
      stake,
      before.stake,
    );
    expect(stake !== before.stake || weight !== before.weight, `${name}: a change`, "none", "of stake or weight");
    expect(
      takesPart(entry) || (stake <= before.stake && weight <= before.weight),
      `${name}: more stake`,
      entry.status,
      "on a live entry only",
    );
    checkWeight(name, event, before, expect);

    const to = timestamp < rules.votesClose ? timestamp : rules.votesClose;
    if (to > entry.until) {
      entry.gathered += entry.weight * (to - entry.until);
      entry.until = to;
    }
    entry.weight += weight - before.weight;
    entry.staked += stake - before.stake;
    entry.support += supportOf(stake, weight) - supportOf(before.stake, before.weight);
    entry.voters += Number(stake > 0n) - Number(before.stake > 0n);
    stakes.set(key, { voter, entryId, stake, weight });
    expect(
      event.entryWeight === entry.weight,
      `entry ${entryId}: weight after the change`,
      event.entryWeight,
      entry.weight,
    );
  }

  /** Weight follows from the stake, who holds it and the caps; nothing else may enter. */
  function checkWeight(name: string, { voter, stake, weight }: StakeEvent, before: StakeCount, expect: Expect): void {
    if (rules.isOpen) {
      expect(weight === stake, `${name}: weight of an open stake`, weight, stake);
      return;
    }
    // A rise, or a wish to be counted, counts where a person stands behind it; a fall never counts what did not count.
    const counts = stake < before.stake ? before.weight > 0n : isBound(voter);
    const expected = counts ? squareRoot(stake) : 0n;
    expect(weight === expected, `${name}: weight of a person's stake`, weight, expected);
    if (weight > 0n) expect(stake <= rules.entryCap, `${name}: cap for an entry`, stake, `at most ${rules.entryCap}`);
    const lost = before.weight > 0n ? before.stake : 0n;
    const total = (counted.get(voter) ?? 0n) - lost + (weight > 0n ? stake : 0n);
    counted.set(voter, total);
    expect(total <= rules.personCap, `${name}: cap for a person`, total, `at most ${rules.personCap}`);
  }

  return { stakes, counted, apply };
}

function supportOf(stake: bigint, weight: bigint): bigint {
  return weight === 0n ? stake : 0n;
}
