import { describe, expect, test } from "vitest";
import { recountRegistry } from "../../../scripts/audit/recountRegistry.ts";
import type { RegistryEvent } from "../../../scripts/audit/registryEvent.ts";
import { registryOwed } from "../../../scripts/audit/registryOwed.ts";
import type { RegistryRules } from "../../../scripts/audit/registryRules.ts";
import { NATIVE } from "../../../scripts/audit/registryRules.ts";

const COIN = "0xc0";
const rules: RegistryRules = { coin: COIN, factory: "0xfa", minStake: 200n, minBlockBond: 5n };
const [node, challenger] = ["0xa0", "0xb0"];
const DAY = 86_400n;

type Said = RegistryEvent extends infer E ? (E extends RegistryEvent ? Omit<E, "block" | "index"> : never) : never;

/** Events of one transaction each; a block's time is its number in hours. */
function history(...transactions: readonly (readonly Said[])[]): RegistryEvent[] {
  return transactions.flatMap((events, block) =>
    events.map((event, index) => ({ ...event, block: block + 1, index }) as RegistryEvent),
  );
}
const fold = (events: readonly RegistryEvent[]) => recountRegistry(events, rules, (block) => BigInt(block) * 3_600n);
const brokenBy = (...transactions: readonly (readonly Said[])[]) =>
  fold(history(registered, ...transactions)).broken.map(({ what, event, law }) => `${what}: ${event}, not ${law}`);

const key: Said = { kind: "keyAdded", node, key: "0x4b" };
const registered: Said[] = [{ kind: "registered", node, endpoint: "https://node.example", stake: 1_000n }, key];
const stakeSet = (stake: bigint): Said => ({ kind: "stakeSet", node, stake });
const credited = (account: string, amount: bigint, token = COIN): Said => ({
  kind: "credited",
  account,
  token,
  amount,
});
const burned = (amount: bigint): Said => ({ kind: "burned", amount });
const asked = (challengeId: bigint, block: bigint): Said => ({
  ...{ kind: "challenged", challengeId, node, contest: "0xc7", entryId: 1n, blockIndex: 3n, challenger, bond: 6n },
  answerBy: block * 3_600n + DAY,
});
const slashed = (amount: bigint, more: Partial<Extract<RegistryEvent, { kind: "slashed" }>> = {}): Said => ({
  ...{ kind: "slashed", node, contest: "0xc7", entryId: 1n, fault: 0, evidence: "0xe1", bringer: challenger },
  ...{ amount, reward: amount / 10n },
  ...more,
});
const lie: Said[] = [stakeSet(0n), slashed(1_000n), credited(challenger, 100n), burned(900n)];
/** Seconds pass by one block an hour. */
const hours = (count: number): Said[][] => Array.from({ length: count }, () => []);
const missed: Said[] = [
  { kind: "expired", challengeId: 1n, node },
  credited(challenger, 6n, NATIVE),
  stakeSet(800n),
  slashed(200n, { fault: 2, evidence: "0x01" }),
  credited(challenger, 20n),
  burned(180n),
];

describe("what the law allows", () => {
  test("a lie costs the whole stake, a tenth of it for the bringer", () => {
    const counted = fold(history(registered, lie));
    expect(counted.broken).toEqual([]);
    expect(counted.nodes.get(node)).toMatchObject({ stake: 0n, slashed: 1_000n });
    expect(counted.statements).toEqual(new Map([["0xe1", true]]));
    expect([counted.burned, counted.unburned]).toEqual([900n, 0n]);
    expect(registryOwed(counted).coin).toEqual({ stakes: 0n, credits: 100n, unburned: 0n, total: 100n });
  });

  test("a missing block costs a fifth and gives the bond back; the bond is in the chain's own coin", () => {
    const open = fold(history(registered, [asked(1n, 2n), credited(challenger, 4n, NATIVE)]));
    expect(registryOwed(open).native).toEqual({ bonds: 6n, credits: 4n, total: 10n });
    const counted = fold(history(registered, [asked(1n, 2n)], ...hours(23), missed));
    expect(counted.broken).toEqual([]);
    expect(registryOwed(counted)).toEqual({
      coin: { stakes: 800n, credits: 20n, unburned: 0n, total: 820n },
      native: { bonds: 0n, credits: 6n, total: 6n },
    });
  });

  test("coins that 0x…dEaD refuses wait, and are burned with the next ones", () => {
    const refused = fold(history(registered, lie.slice(0, 3)));
    expect(refused.broken).toEqual([]);
    expect(registryOwed(refused).coin).toMatchObject({ unburned: 900n, total: 1_000n });
    expect(fold(history(registered, lie.slice(0, 3), [burned(900n)]))).toMatchObject({ unburned: 0n, broken: [] });
  });

  test("whoever is credited while being paid keeps that", () => {
    const collected: Said = { kind: "collected", account: challenger, token: NATIVE, amount: 4n };
    const again = [asked(2n, 4n), credited(challenger, 3n, NATIVE), collected].map((event) =>
      event.kind === "challenged" ? { ...event, entryId: 2n } : event,
    );
    const counted = fold(history(registered, [asked(1n, 2n), credited(challenger, 4n, NATIVE)], [], again));
    expect(counted.broken).toEqual([]);
    expect(registryOwed(counted).native).toEqual({ bonds: 12n, credits: 3n, total: 15n });
  });

  test("less than a minimum stake does not pay for a statement for good", () => {
    const { statements } = recountRegistry(history(registered, lie), { ...rules, minStake: 1_001n });
    expect(statements.get("0xe1")).toBe(false);
  });
});

describe("what breaks the law", () => {
  test("a stake that falls for no reason, or for another amount", () => {
    expect(brokenBy([stakeSet(1n)])[0]).toContain("why its stake fell (block 2): nothing");
    expect(brokenBy([stakeSet(500n), slashed(500n), credited(challenger, 50n)])).toEqual([
      `slash of node ${node}: amount (block 2): 500, not 1000`,
    ]);
  });

  test("a reward that is no tenth, or that is not credited, or to another", () => {
    expect(brokenBy([stakeSet(0n), slashed(1_000n, { reward: 101n }), credited(challenger, 101n)])).toEqual([
      `slash of node ${node}: reward (block 2): 101, not 100`,
    ]);
    expect(brokenBy(lie.filter(({ kind }) => kind !== "credited"))[0]).toContain("reward credited (block 2): burned");
    expect(brokenBy([...lie.slice(0, 2), credited(node, 100n)])[0]).toContain(`credited to ${node}`);
  });

  test("one statement paid for twice", () => {
    expect(brokenBy(lie, [stakeSet(300n)], [stakeSet(0n), slashed(300n), credited(challenger, 30n)])).toEqual([
      `slash of node ${node}: one statement paid for once (block 4): again, not once`,
    ]);
  });

  test("a missing block that nobody asked for, that was answered, or whose time was not over", () => {
    const alone = [stakeSet(800n), slashed(200n, { fault: 2, evidence: "0x01" }), credited(challenger, 20n)];
    expect(brokenBy(alone)[0]).toContain("evidence (block 2)");
    const answered: Said[] = [{ kind: "answered", challengeId: 1n, node }, credited(node, 6n, NATIVE)];
    expect(brokenBy([asked(1n, 2n)], answered)).toEqual([]);
    expect(brokenBy([asked(1n, 2n)], answered, missed)[0]).toContain("closed once, for its node (block 4)");
    expect(brokenBy([asked(1n, 2n)], missed)).toEqual([
      `challenge 1: expired (block 3): at 10800, not from ${2n * 3_600n + DAY}`,
    ]);
    expect(brokenBy([asked(1n, 2n)], ...hours(23), answered)[0]).toContain("challenge 1: answered (block 26)");
  });

  test("a missing block that costs nothing, or a bond that goes elsewhere", () => {
    const [expired, bond] = missed as [Said, Said];
    expect(brokenBy([asked(1n, 2n)], ...hours(23), [expired, bond])[0]).toContain(
      "a fifth of the stake (block 26): nothing",
    );
    expect(brokenBy([asked(1n, 2n)], ...hours(23), [expired, credited(node, 6n, NATIVE)])[0]).toContain("its bond");
  });

  test("a stake taken before seven days, or with a challenge open", () => {
    const leaving: Said = { kind: "leaving", node, leavesAt: 2n * 3_600n + 7n * DAY };
    const out = [stakeSet(0n), credited(node, 1_000n)];
    expect(brokenBy([leaving], ...hours(167), out)).toEqual([]);
    expect(brokenBy([leaving], ...hours(166), out)[0]).toContain("why its stake fell");
    expect(brokenBy([leaving], [asked(1n, 3n)], ...hours(166), out)[0]).toContain("why its stake fell");
    expect(brokenBy([{ ...leaving, leavesAt: 5n }])[0]).toContain("leaves at (block 2): 5");
  });

  test("credits, collections and burnings out of nothing", () => {
    expect(brokenBy([credited(node, 1n)])[0]).toContain(`credit of ${node} (block 2)`);
    expect(brokenBy([{ kind: "collected", account: node, token: COIN, amount: 1n }])[0]).toContain(
      `collected by ${node}`,
    );
    expect(brokenBy([burned(1n)])).toEqual(["burned (block 2): 1, not 1 to 0"]);
  });

  test("a second registration, a key of two nodes, ids with a gap, a bond too low, an event of no known kind", () => {
    expect(brokenBy([...registered])[0]).toContain("registers once");
    expect(brokenBy([key])[0]).toContain("a key of nobody else");
    expect(brokenBy([asked(2n, 2n)])).toEqual(["challenge ids count up from 1 (block 2): 2, not 1"]);
    expect(brokenBy([asked(1n, 2n)], [asked(2n, 3n)])[0]).toContain("one open for a node and an entry");
    expect(brokenBy([{ ...asked(1n, 2n), bond: 4n } as Said])[0]).toContain("challenge 1: bond (block 2): 4");
    expect(brokenBy([{ kind: "unknown", topic: "0xff" }])[0]).toContain("0xff");
  });
});
