import type { ContestEvent } from "./contestEvent.ts";
import type { ChallengeCount, EntryCount } from "./entryCount.ts";
import type { Expect } from "./law.ts";
import type { AuditRules } from "./rulesOf.ts";

/** Where burned coins go. A coin that refuses this leaves them in the contest, credited to it. */
export const DEAD = "0x000000000000000000000000000000000000dead";

type Credited = Extract<ContestEvent, { kind: "credited" }>;
type Due = { readonly what: string; readonly account: string; readonly amount: bigint; readonly block: number };

/**
 * What becomes of bonds: each that moves must be credited at once, to whom the law says and to the wei. `entries` are
 * changed by it.
 */
export function createBondBooks(rules: AuditRules, entries: ReadonlyMap<bigint, EntryCount>) {
  const owed = new Map<string, bigint>();
  /** Credits that must be the next events, in this order. */
  let due: readonly Due[] = [];
  /** What was to be burned in a block: it may be credited to nobody there, whole, when the coin refused it. */
  let burning: { readonly amount: bigint; readonly block: number }[] = [];
  let burned = 0n;

  function burn(amount: bigint, block: number): void {
    burned += amount;
    if (amount > 0n) burning.push({ amount, block });
  }

  /** Called with every event before it is applied, and with none after the last. */
  function before(event: ContestEvent | undefined, expect: Expect): void {
    const [first, ...rest] = due;
    burning = burning.filter(({ block }) => block === event?.block);
    if (first === undefined) return;
    const isCredit = event?.kind === "credited" && event.block === first.block;
    const said = isCredit ? `${event.amount} to ${event.account}` : "none";
    const law = `${first.amount} to ${first.account}`;
    expect(said === law, first.what, said, law);
    due = isCredit ? rest : [];
  }

  /** A credit that nothing calls for is one of a bond that comes back after the result, or of coins that nobody took. */
  function credited(event: Credited, expect: Expect, wasDue: boolean, isFinal: boolean): void {
    const { account, token, amount, block } = event;
    expect(token === rules.coin, `credit of ${account}: token`, token, rules.coin);
    owed.set(account, (owed.get(account) ?? 0n) + amount);
    if (wasDue) return;
    const refused = burning.findIndex((one) => one.amount === amount && one.block === block);
    if (account === DEAD && refused >= 0) {
      burning = burning.filter((_, index) => index !== refused);
      burned -= amount;
      return;
    }
    const released = [...entries.values()].find(
      (entry) => isFinal && entry.author === account && entry.bondHeld && entry.status === "live",
    );
    const law = released === undefined ? "nothing" : rules.entryBond;
    expect(released !== undefined && amount === rules.entryBond, `credit of ${account}`, amount, law);
    if (released !== undefined) released.bondHeld = false;
  }

  return {
    owed,
    before,
    isDue: () => due.length > 0,
    burned: () => burned,
    credited,

    retracted(event: Extract<ContestEvent, { kind: "retracted" }>, entry: EntryCount | undefined): void {
      const { entryId, block } = event;
      const tenth = rules.entryBond / 10n;
      if (entry !== undefined) entry.bondHeld = false;
      const account = entry?.author ?? "nobody";
      due = [{ what: `entry ${entryId} bond credited`, account, amount: rules.entryBond - tenth, block }];
      burn(tenth, block);
    },

    /** With ruling 1 the author gets the challenger's bond; with 2 the challenger half of the author's. */
    ruled(challenge: ChallengeCount, entry: EntryCount, ruling: bigint, block: number): void {
      const reward = ruling === 2n ? rules.entryBond / 2n : 0n;
      const { id, challenger } = challenge;
      due = [
        {
          what: `challenge ${id} bond credited`,
          account: ruling === 1n ? entry.author : challenger,
          amount: rules.challengeBond,
          block,
        },
        { what: `challenge ${id} reward credited`, account: challenger, amount: reward, block },
      ].filter(({ amount }) => amount > 0n);
      if (ruling !== 2n) return;
      entry.bondHeld = false;
      burn(rules.entryBond - reward, block);
    },

    collected({ account, token, amount }: Extract<ContestEvent, { kind: "collected" }>, expect: Expect): void {
      expect(token === rules.coin, `collected by ${account}: token`, token, rules.coin);
      const owing = owed.get(account) ?? 0n;
      expect(amount === owing, `collected by ${account}`, amount, owing);
      owed.set(account, owing - amount);
    },
  };
}
