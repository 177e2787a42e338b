import type { Recount } from "./recount.ts";
import type { AuditRules } from "./rulesOf.ts";

/** What the contest must hold of its coin, in wei, by the events alone. */
export type CoinsOwed = {
  readonly stakes: bigint;
  /** Of entries, and of challenges that wait for a ruling. */
  readonly bonds: bigint;
  readonly credits: bigint;
  /** What is left of the pot, where the prize token is the coin. */
  readonly pot: bigint;
  readonly total: bigint;
};

/** `held`: what the contest does hold. What lies above the total was given unasked. */
export type CoinsHeld = CoinsOwed & { readonly held: bigint };

export function coinsOwed(recount: Recount, rules: AuditRules): CoinsOwed {
  const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
  const open = [...recount.challenges.values()].filter(({ ruling }) => ruling === undefined);
  const held = [...recount.entries.values()].filter(({ bondHeld }) => bondHeld);
  const stakes = sum([...recount.stakes.values()].map(({ stake }) => stake));
  const bonds = rules.entryBond * BigInt(held.length) + rules.challengeBond * BigInt(open.length);
  const credits = sum([...recount.owed.values()]);
  const pot = rules.coin === rules.prizeToken ? leftOfPot(recount) : 0n;
  return { stakes, bonds, credits, pot, total: stakes + bonds + credits + pot };
}

/** The pot less prizes paid and refunds taken, in wei of the prize token. */
export function leftOfPot({ pot, claims, reclaimed }: Recount): bigint {
  return claims.reduce((left, { amount }) => left - amount, pot - reclaimed);
}
