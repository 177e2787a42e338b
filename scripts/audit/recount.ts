import { AbiCoder, keccak256 } from "ethers";
import type { ContestEvent } from "./contestEvent.ts";
import type { EntryCount, StakeCount } from "./entryCount.ts";
import type { AuditRules } from "./rulesOf.ts";
import { squareRoot } from "./squareRoot.ts";

export type Recount = {
  readonly entries: ReadonlyMap<bigint, EntryCount>;
  /** The last word on each (voter, entry), zero stakes included. */
  readonly stakes: ReadonlyMap<string, StakeCount>;
  readonly voters: number;
  readonly persons: number;
  readonly pot: bigint;
  /** Wei of the pot that funders took back. */
  readonly reclaimed: bigint;
  /** Wei of the coin credited less wei collected, by account. */
  readonly owed: ReadonlyMap<string, bigint>;
  /** Wei put into the pot and not taken back, by funder. */
  readonly fundedBy: ReadonlyMap<string, bigint>;
  /** Wallets that are bound to a person. */
  readonly bound: ReadonlySet<string>;
  /** Wei that count in all, by person's wallet. */
  readonly counted: ReadonlyMap<string, bigint>;
  readonly finalized: Extract<ContestEvent, { kind: "finalized" }> | undefined;
  readonly claims: readonly Extract<ContestEvent, { kind: "claimed" }>[];
  /** Laws that the events themselves break, each with the block of the event. */
  readonly broken: readonly { readonly what: string; readonly event: string; readonly law: string }[];
};

/**
 * Folds a contest's events into its state and checks every weight on the way. `events`: in the chain's order.
 * `timeOf`: a block's timestamp in seconds since 1970; events of blocks that it does not know are not compared with it.
 */
export function recount(
  events: readonly ContestEvent[],
  rules: AuditRules,
  timeOf: (block: number) => bigint | undefined = () => undefined,
): Recount {
  const entries = new Map<bigint, EntryCount>();
  const stakes = new Map<string, StakeCount>();
  const nullifierOf = new Map<string, string>();
  const walletOf = new Map<string, string>();
  const counted = new Map<string, bigint>();
  const owed = new Map<string, bigint>();
  const fundedBy = new Map<string, bigint>();
  let reclaimed = 0n;
  const claims: Extract<ContestEvent, { kind: "claimed" }>[] = [];
  const broken: { what: string; event: string; law: string }[] = [];
  let pot = 0n;
  let countedUpTo = 0n;
  /** A retraction whose credit must be the next event. */
  let retracted: Extract<ContestEvent, { kind: "retracted" }> | undefined;
  let finalized: Extract<ContestEvent, { kind: "finalized" }> | undefined;

  for (const event of events) {
    checkReturn(event);
    apply(event);
  }
  checkReturn(undefined);
  const holding = [...stakes.values()].filter(({ stake }) => stake > 0n);
  return {
    entries,
    stakes,
    voters: new Set(holding.map(({ voter }) => voter)).size,
    persons: nullifierOf.size,
    pot,
    reclaimed,
    owed,
    fundedBy,
    bound: new Set(nullifierOf.keys()),
    counted,
    finalized,
    claims,
    broken,
  };

  /** Beside a retraction its author is credited with the bond less a tenth. */
  function checkReturn(next: ContestEvent | undefined): void {
    if (retracted === undefined) return;
    const { entryId, block } = retracted;
    retracted = undefined;
    const law = `${rules.entryBond - rules.entryBond / 10n} to ${entries.get(entryId)?.author}`;
    const said = next?.kind === "credited" && next.block === block ? `${next.amount} to ${next.account}` : "none";
    if (said !== law) broken.push({ what: `entry ${entryId} bond credited (block ${block})`, event: said, law });
  }

  function apply(event: ContestEvent): void {
    const expect = (holds: boolean, what: string, says: unknown, law: unknown): void => {
      if (!holds) broken.push({ what: `${what} (block ${event.block})`, event: String(says), law: String(law) });
    };
    switch (event.kind) {
      case "submitted": {
        expect(
          event.entryId === BigInt(entries.size) + 1n,
          "entry ids count up from 1",
          event.entryId,
          entries.size + 1,
        );
        const time = timeOf(event.block);
        const isInTime = time === undefined || (time >= rules.entriesOpen && time < rules.votesOpen);
        expect(isInTime, `entry ${event.entryId} submitted`, `at ${time}`, "while entries are open");
        expect(
          event.modelSize <= rules.maxModelBytes,
          `entry ${event.entryId} model size`,
          event.modelSize,
          `at most ${rules.maxModelBytes}`,
        );
        entries.set(event.entryId, {
          id: event.entryId,
          author: event.author,
          modelSize: event.modelSize,
          identity: identityOf(event),
          status: "live",
          weight: 0n,
          gathered: 0n,
          until: rules.countFrom,
          support: 0n,
          staked: 0n,
          voters: 0,
        });
        return;
      }
      case "retracted": {
        const entry = entries.get(event.entryId);
        expect(entry?.status === "live", `entry ${event.entryId} retracted`, "retracted", "was live before");
        expect(
          event.returned + event.burned === rules.entryBond,
          `entry ${event.entryId} bond back and burned`,
          event.returned + event.burned,
          rules.entryBond,
        );
        expect(
          event.burned === rules.entryBond / 10n,
          `entry ${event.entryId} burned`,
          event.burned,
          rules.entryBond / 10n,
        );
        if (entry !== undefined) entry.status = "retracted";
        retracted = event;
        return;
      }
      case "bound": {
        const other = walletOf.get(event.nullifier);
        expect(!rules.isOpen, "a person bound in an open contest", event.wallet, "nobody");
        expect(other === undefined, "one wallet for a person", event.wallet, other);
        expect(!nullifierOf.has(event.wallet), "one person for a wallet", event.wallet, nullifierOf.get(event.wallet));
        nullifierOf.set(event.wallet, event.nullifier);
        walletOf.set(event.nullifier, event.wallet);
        return;
      }
      case "stake": {
        applyStake(event, expect);
        return;
      }
      case "funded": {
        pot += event.amount;
        fundedBy.set(event.funder, (fundedBy.get(event.funder) ?? 0n) + event.amount);
        expect(event.pot === pot, "pot after funding", event.pot, pot);
        expect(finalized === undefined, "funded after the result", event.amount, 0n);
        return;
      }
      case "counted": {
        expect(
          event.upTo >= countedUpTo && event.upTo <= BigInt(entries.size),
          "counted up to",
          event.upTo,
          `${countedUpTo} to ${entries.size}`,
        );
        countedUpTo = event.upTo;
        return;
      }
      case "finalized": {
        expect(finalized === undefined, "final once", "final again", "final before");
        expect(
          countedUpTo === BigInt(entries.size),
          "all entries counted before the result",
          countedUpTo,
          entries.size,
        );
        finalized = event;
        return;
      }
      case "claimed": {
        expect(!claims.some(({ rank }) => rank === event.rank), `prize ${event.rank} paid once`, "again", "once");
        expect(BigInt(event.to) !== 0n, `prize ${event.rank} paid to`, event.to, "somebody");
        claims.push(event);
        return;
      }
      case "reclaimed": {
        const funded = fundedBy.get(event.funder) ?? 0n;
        const share = finalized === undefined || pot === 0n ? 0n : (funded * finalized.unheld) / pot;
        expect(event.amount === share, `refund of ${event.funder}`, event.amount, share);
        fundedBy.set(event.funder, 0n);
        reclaimed += event.amount;
        return;
      }
      case "credited": {
        expect(event.token === rules.coin, `credit of ${event.account}: token`, event.token, rules.coin);
        owed.set(event.account, (owed.get(event.account) ?? 0n) + event.amount);
        return;
      }
      case "collected": {
        expect(event.token === rules.coin, `collected by ${event.account}: token`, event.token, rules.coin);
        const owing = owed.get(event.account) ?? 0n;
        expect(event.amount === owing, `collected by ${event.account}`, event.amount, owing);
        owed.set(event.account, owing - event.amount);
        return;
      }
      case "unknown": {
        expect(false, "an event that this auditor does not know", event.topic, "none");
        return;
      }
    }
  }

  function applyStake(
    event: Extract<ContestEvent, { kind: "stake" }>,
    expect: (holds: boolean, what: string, says: unknown, law: unknown) => void,
  ): void {
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
      entry.status === "live" || stake <= before.stake,
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
  function checkWeight(
    name: string,
    { voter, stake, weight }: Extract<ContestEvent, { kind: "stake" }>,
    before: StakeCount,
    expect: (holds: boolean, what: string, says: unknown, law: unknown) => void,
  ): void {
    if (rules.isOpen) {
      expect(weight === stake, `${name}: weight of an open stake`, weight, stake);
      return;
    }
    // A rise, or a wish to be counted, counts where a person stands behind it; a fall never counts what did not count.
    const counts = stake < before.stake ? before.weight > 0n : nullifierOf.has(voter);
    const expected = counts ? squareRoot(stake) : 0n;
    expect(weight === expected, `${name}: weight of a person's stake`, weight, expected);
    if (weight > 0n) expect(stake <= rules.entryCap, `${name}: cap for an entry`, stake, `at most ${rules.entryCap}`);
    const lost = before.weight > 0n ? before.stake : 0n;
    const total = (counted.get(voter) ?? 0n) - lost + (weight > 0n ? stake : 0n);
    counted.set(voter, total);
    expect(total <= rules.personCap, `${name}: cap for a person`, total, `at most ${rules.personCap}`);
  }
}

function supportOf(stake: bigint, weight: bigint): bigint {
  return weight === 0n ? stake : 0n;
}

function identityOf({ manifestHash, modelSha256, modelRoot }: Extract<ContestEvent, { kind: "submitted" }>): string {
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "bytes32"], [manifestHash, modelSha256, modelRoot]),
  );
}
