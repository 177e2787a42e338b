import { AbiCoder, keccak256 } from "ethers";
import { createBondBooks } from "./bondBooks.ts";
import { createChallengeBooks } from "./challengeBooks.ts";
import type { ContestEvent } from "./contestEvent.ts";
import type { ChallengeCount, EntryCount, StakeCount } from "./entryCount.ts";
import type { Expect } from "./law.ts";
import type { AuditRules } from "./rulesOf.ts";
import { createStakeBooks } from "./stakeBooks.ts";

export type Recount = {
  readonly entries: ReadonlyMap<bigint, EntryCount>;
  /** The last word on each (voter, entry), zero stakes included. */
  readonly stakes: ReadonlyMap<string, StakeCount>;
  readonly challenges: ReadonlyMap<bigint, ChallengeCount>;
  readonly voters: number;
  readonly persons: number;
  readonly pot: bigint;
  /** Wei of the pot that funders took back. */
  readonly reclaimed: bigint;
  /** Wei of the coin credited less wei collected, by account. */
  readonly owed: ReadonlyMap<string, bigint>;
  /** Wei of bonds that were sent to nobody. */
  readonly burned: bigint;
  /** Nonces given up, by voter and entry. */
  readonly cancelled: ReadonlyMap<string, Cancelled>;
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

export type Cancelled = { readonly voter: string; readonly entryId: bigint; readonly mask: bigint };

/** Nonces of signed orders, for one voter and entry. */
const NONCES = 112n;

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
  const nullifierOf = new Map<string, string>();
  const walletOf = new Map<string, string>();
  const cancelled = new Map<string, Cancelled>();
  const fundedBy = new Map<string, bigint>();
  let reclaimed = 0n;
  const claims: Extract<ContestEvent, { kind: "claimed" }>[] = [];
  const broken: { what: string; event: string; law: string }[] = [];
  let pot = 0n;
  let countedUpTo = 0n;
  let finalized: Extract<ContestEvent, { kind: "finalized" }> | undefined;

  const {
    stakes,
    counted,
    apply: applyStake,
  } = createStakeBooks({
    rules,
    entries,
    isBound: (wallet) => nullifierOf.has(wallet),
    timeOf,
  });
  const bonds = createBondBooks(rules, entries);
  const books = createChallengeBooks(rules, entries, timeOf);

  let last: ContestEvent | undefined;
  for (const event of events) {
    const wasDue = bonds.isDue();
    bonds.before(event, expectAt(last));
    books.before(event, expectAt(last));
    apply(event, expectAt(event), wasDue);
    last = event;
  }
  bonds.before(undefined, expectAt(last));
  books.before(undefined, expectAt(last));
  books.finish(expectAt(last));
  const holding = [...stakes.values()].filter(({ stake }) => stake > 0n);
  return {
    entries,
    stakes,
    voters: new Set(holding.map(({ voter }) => voter)).size,
    persons: nullifierOf.size,
    pot,
    reclaimed,
    challenges: books.challenges,
    owed: bonds.owed,
    burned: bonds.burned(),
    cancelled,
    fundedBy,
    bound: new Set(nullifierOf.keys()),
    counted,
    finalized,
    claims,
    broken,
  };

  function expectAt(event: ContestEvent | undefined): Expect {
    return (holds, what, says, law) => {
      if (!holds) broken.push({ what: `${what} (block ${event?.block})`, event: String(says), law: String(law) });
    };
  }

  function apply(event: ContestEvent, expect: Expect, wasDue: boolean): void {
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
          bondHeld: true,
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
        bonds.retracted(event, entry);
        return;
      }
      case "challenged":
        return books.challenged(event, expect);
      case "dispute":
        return books.dispute(event, expect);
      case "evidence":
        return books.evidence(event, expect);
      case "ruling":
        return books.ruling(event, expect);
      case "ruled": {
        const closed = books.ruled(event, expect);
        if (closed !== undefined) bonds.ruled(closed.challenge, closed.entry, event.ruling, event.block);
        return;
      }
      case "ordersCancelled": {
        const { voter, entryId, mask } = event;
        expect(mask > 0n && mask < 1n << NONCES, `nonces given up by ${voter}`, mask, `bits 0 to ${NONCES - 1n}`);
        const key = `${voter}/${entryId}`;
        cancelled.set(key, { voter, entryId, mask: (cancelled.get(key)?.mask ?? 0n) | mask });
        return;
      }
      // The first says what jurors read, the second that nothing happened.
      case "metaEvidence":
      case "orderSkipped":
        return;
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
        expect(books.openCount() === 0, "counted with a challenge open", books.openCount(), 0);
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
      case "credited":
        return bonds.credited(event, expect, wasDue, finalized !== undefined);
      case "collected":
        return bonds.collected(event, expect);
      case "unknown": {
        expect(false, "an event that this auditor does not know", event.topic, "none");
        return;
      }
    }
  }
}

function identityOf({ manifestHash, modelSha256, modelRoot }: Extract<ContestEvent, { kind: "submitted" }>): string {
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "bytes32"], [manifestHash, modelSha256, modelRoot]),
  );
}
