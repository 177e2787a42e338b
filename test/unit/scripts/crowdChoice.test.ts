import fc from "fast-check";
import { parseEther } from "viem";
import { expect, test } from "vitest";
import { chooseAction, type Member } from "../../../scripts/start/crowdChoice.ts";
import { seededRandom } from "../../../scripts/start/seededRandom.ts";

const CAPS = { person: parseEther("25"), entry: parseEther("6.25") };

/** Lets one voter act many times and returns every state it came to. */
function live(seed: number, caps: typeof CAPS | null): Member[] {
  const random = seededRandom(seed);
  const member = { purse: parseEther("100"), stakes: new Map<number, bigint>() };
  const states: Member[] = [];
  for (let step = 0; step < 120; step++) {
    const action = chooseAction(member, { entryIds: [1, 2, 3, 4, 5, 6, 7], caps, progress: step / 120, random });
    for (const { entryId, by } of action?.changes ?? []) {
      member.stakes.set(entryId, (member.stakes.get(entryId) ?? 0n) + by);
      member.purse -= by;
    }
    states.push({ purse: member.purse, stakes: new Map(member.stakes) });
  }
  return states;
}

test("nobody of the crowd ever stakes what it does not have, or takes out what is not there", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      for (const { purse, stakes } of live(seed, null)) {
        expect(purse).toBeGreaterThanOrEqual(0n);
        for (const stake of stakes.values()) expect(stake).toBeGreaterThanOrEqual(0n);
      }
    }),
    { numRuns: 50 },
  );
});

test("in a personhood contest nobody goes over a cap", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      for (const { stakes } of live(seed, CAPS)) {
        const all = [...stakes.values()];
        expect(all.every((stake) => stake >= 0n && stake <= CAPS.entry)).toBe(true);
        expect(all.reduce((sum, stake) => sum + stake, 0n)).toBeLessThanOrEqual(CAPS.person);
      }
    }),
    { numRuns: 50 },
  );
});

test("the same seed gives the same history", () => {
  expect(live(7, null)).toEqual(live(7, null));
  expect(live(7, null)).not.toEqual(live(8, null));
});
