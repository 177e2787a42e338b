import { describe, expect, test } from "vitest";
import type { ContestEvent } from "../../../scripts/audit/contestEvent.ts";
import { recount } from "../../../scripts/audit/recount.ts";
import type { AuditRules } from "../../../scripts/audit/rulesOf.ts";
import { squareRoot } from "../../../scripts/audit/squareRoot.ts";
import { standingsOf } from "../../../scripts/audit/standingsOf.ts";

const COIN = 10n ** 18n;
const HASH = `0x${"11".repeat(32)}`;
const [alice, bob] = ["0xa1", "0xb0"];

/** Entries 0–100, voting 100–1,000 seconds, of which the last 500 count. */
const open: AuditRules = {
  coin: "0xc0",
  prizeToken: "0xc0",
  isOpen: true,
  entriesOpen: 0n,
  votesOpen: 100n,
  countFrom: 500n,
  votesClose: 1_000n,
  maxModelBytes: 1_000n,
  personCap: 0n,
  entryCap: 0n,
  entryBond: 10n,
  minTally: 0n,
  split: [4_000n, 2_000n, 1_200n, 800n, 500n, 500n, 400n, 300n, 200n, 100n],
};
const persons: AuditRules = { ...open, isOpen: false, personCap: 25n * COIN, entryCap: 9n * COIN };

let block = 0;
const place = () => ({ block: ++block, index: 0 });
const submitted = (entryId: bigint): ContestEvent => ({
  ...place(),
  kind: "submitted",
  entryId,
  author: "0xau",
  manifestHash: HASH,
  modelSha256: HASH,
  modelRoot: HASH,
  modelSize: 10n,
});
const credited = (account: string, amount: bigint, token = open.coin): ContestEvent => ({
  ...place(),
  kind: "credited",
  account,
  token,
  amount,
});
const collected = (account: string, amount: bigint): ContestEvent => ({
  ...place(),
  kind: "collected",
  account,
  token: open.coin,
  amount,
});
/** Both events of a retraction, in one block. */
const retraction = (entryId: bigint, account = "0xau", amount = 9n): ContestEvent[] => {
  const gone: ContestEvent = { ...place(), kind: "retracted", entryId, returned: 9n, burned: 1n };
  return [gone, { ...credited(account, amount), block: gone.block, index: 1 }];
};
const bound = (wallet: string, nullifier = wallet): ContestEvent => ({ ...place(), kind: "bound", wallet, nullifier });
const stake = (
  voter: string,
  entryId: bigint,
  amount: bigint,
  weight: bigint,
  entryWeight: bigint,
  timestamp: bigint,
): ContestEvent => ({
  ...place(),
  kind: "stake",
  voter,
  entryId,
  stake: amount,
  weight,
  entryWeight,
  timestamp,
});
const lawsBroken = (events: readonly ContestEvent[], rules = open) =>
  recount(events, rules).broken.map(({ what }) => what.replace(/ \(block \d+\)$/, ""));

describe("tallies", () => {
  test("a stake counts for the seconds that it lies in the window", () => {
    const counted = recount(
      [
        submitted(1n),
        stake(alice, 1n, 6n, 6n, 6n, 200n), // before the window: from its first second
        stake(bob, 1n, 4n, 4n, 10n, 700n), // 300 seconds before the close
        stake(alice, 1n, 2n, 2n, 6n, 900n), // 4 coins less for 100 seconds
      ],
      open,
    );
    expect(counted.broken).toEqual([]);
    // 6 × 200 + 10 × 200 + 6 × 100
    expect(standingsOf(counted, open).rows[0]).toMatchObject({ score: 3_800n, tally: 7n, rank: 1n });
  });

  test("a withdrawal after the close changes no score", () => {
    const events = [submitted(1n), stake(alice, 1n, 6n, 6n, 6n, 200n), stake(alice, 1n, 0n, 0n, 0n, 5_000n)];
    expect(recount(events, open).broken).toEqual([]);
    expect(standingsOf(recount(events, open), open).rows[0]).toMatchObject({ score: 3_000n });
  });

  test("equal scores rank by the lower id; entries without a score, under the least tally or retracted hold no rank", () => {
    const events: ContestEvent[] = [1n, 2n, 3n, 4n, 5n].map(submitted);
    events.push(...retraction(5n));
    for (const [entryId, amount] of [
      [2n, 7n],
      [1n, 7n],
      [3n, 4n],
    ] as const)
      events.push(stake(alice, entryId, amount, amount, amount, 200n));
    const rules = { ...open, minTally: 5n };
    const { rows, topTen } = standingsOf(recount(events, rules), rules);
    expect(topTen).toEqual([1n, 2n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
    expect(rows.map(({ entry, rank }) => [entry.id, rank])).toEqual([
      [1n, 1n],
      [2n, 2n],
      [3n, undefined],
      [4n, undefined],
      [5n, undefined],
    ]);
  });

  test("prizes are rounded down, the dust goes to rank 1, what nobody holds to the funders", () => {
    const events: ContestEvent[] = [
      submitted(1n),
      submitted(2n),
      { ...place(), kind: "funded", funder: alice, amount: 10_001n, pot: 10_001n },
    ];
    events.push(stake(alice, 2n, 7n, 7n, 7n, 200n), stake(alice, 1n, 3n, 3n, 3n, 200n));
    const { rows, unheld } = standingsOf(recount(events, open), open);
    expect(rows.map(({ entry, prize }) => [entry.id, prize])).toEqual([
      [2n, 4_001n],
      [1n, 2_000n],
    ]);
    expect(unheld).toBe(4_000n);
    expect(standingsOf(recount(events.slice(0, 3), open), open).unheld).toBe(10_001n);
  });
});

describe("laws that events may break", () => {
  test("a funder takes back its share of what nobody holds, once and after the result", () => {
    const ranks = [1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n];
    const funded: ContestEvent[] = [
      submitted(1n),
      { ...place(), kind: "funded", funder: alice, amount: 700n, pot: 700n },
      { ...place(), kind: "funded", funder: bob, amount: 300n, pot: 1_000n },
    ];
    const final: ContestEvent[] = [
      { ...place(), kind: "counted", upTo: 1n },
      { ...place(), kind: "finalized", entryIds: ranks, pot: 1_000n, unheld: 370n },
    ];
    const reclaimed = (funder: string, amount: bigint): ContestEvent => ({
      ...place(),
      kind: "reclaimed",
      funder,
      amount,
    });
    const fair = recount([...funded, ...final, reclaimed(alice, 259n), reclaimed(bob, 111n)], open);
    expect(fair.broken).toEqual([]);
    expect(fair.reclaimed).toBe(370n);
    expect(recount(funded, open).fundedBy).toEqual(
      new Map([
        [alice, 700n],
        [bob, 300n],
      ]),
    );
    expect([...fair.fundedBy.values()]).toEqual([0n, 0n]);
    expect(lawsBroken([...funded, ...final, reclaimed(alice, 260n)])).toEqual([`refund of ${alice}`]);
    expect(lawsBroken([...funded, ...final, reclaimed(alice, 259n), reclaimed(alice, 259n)])).toEqual([
      `refund of ${alice}`,
    ]);
    expect(lawsBroken([...funded, reclaimed(alice, 259n)])).toEqual([`refund of ${alice}`]);
  });

  test("an open stake weighs its coins", () => {
    expect(lawsBroken([submitted(1n), stake(alice, 1n, 5n, 6n, 6n, 200n)])).toEqual([
      "entry 1, voter 0xa1: weight of an open stake",
    ]);
  });

  test("a person's stake weighs the root of its coins, and others' nothing", () => {
    const fair = [
      submitted(1n),
      bound(alice),
      stake(alice, 1n, 4n * COIN, 2n * 10n ** 9n, 2n * 10n ** 9n, 200n),
      stake(bob, 1n, COIN, 0n, 2n * 10n ** 9n, 300n),
    ];
    const counted = recount(fair, persons);
    expect(counted.broken).toEqual([]);
    expect(counted.counted.get(alice)).toBe(4n * COIN);
    expect(counted.bound).toEqual(new Set([alice]));
    expect(counted.entries.get(1n)).toMatchObject({
      support: COIN,
      staked: 5n * COIN,
      voters: 2,
      weight: 2n * 10n ** 9n,
    });
    const stranger = [submitted(1n), stake(bob, 1n, COIN, 10n ** 9n, 10n ** 9n, 300n)];
    expect(lawsBroken(stranger, persons)).toEqual(["entry 1, voter 0xb0: weight of a person's stake"]);
    const unjust = [submitted(1n), bound(alice), stake(alice, 1n, COIN, 0n, 0n, 200n)];
    expect(lawsBroken(unjust, persons)).toEqual(["entry 1, voter 0xa1: weight of a person's stake"]);
  });

  test("support counts from the reweigh on, and a fall never makes it count", () => {
    const early = [submitted(1n), stake(alice, 1n, 4n * COIN, 0n, 0n, 200n), bound(alice)];
    const root = 2n * 10n ** 9n;
    expect(lawsBroken([...early, stake(alice, 1n, 4n * COIN, root, root, 300n)], persons)).toEqual([]);
    expect(lawsBroken([...early, stake(alice, 1n, COIN, 10n ** 9n, 10n ** 9n, 300n)], persons)).toEqual([
      "entry 1, voter 0xa1: weight of a person's stake",
    ]);
  });

  test("an event tells of a change; nobody adds to an entry that was retracted, and it holds no rank", () => {
    const once = [submitted(1n), stake(alice, 1n, 5n, 5n, 5n, 200n)];
    expect(lawsBroken([...once, stake(alice, 1n, 5n, 5n, 5n, 300n)])).toEqual(["entry 1, voter 0xa1: a change"]);
    const events = [submitted(1n), ...retraction(1n), stake(alice, 1n, 5n, 5n, 5n, 200n)];
    expect(lawsBroken(events)).toEqual(["entry 1, voter 0xa1: more stake"]);
    expect(standingsOf(recount(events, open), open).topTen[0]).toBe(0n);
  });

  test("caps bind for one entry and for a person in all", () => {
    const nine = [
      stake(alice, 1n, 9n * COIN, 3n * 10n ** 9n, 3n * 10n ** 9n, 200n),
      stake(alice, 2n, 9n * COIN, 3n * 10n ** 9n, 3n * 10n ** 9n, 200n),
    ];
    const start = [submitted(1n), submitted(2n), submitted(3n), bound(alice)];
    expect(
      lawsBroken(
        [...start, ...nine, stake(alice, 3n, 7n * COIN, squareRoot(7n * COIN), squareRoot(7n * COIN), 200n)],
        persons,
      ),
    ).toEqual([]);
    const over = stake(alice, 3n, 8n * COIN, squareRoot(8n * COIN), squareRoot(8n * COIN), 200n);
    expect(lawsBroken([...start, ...nine, over], persons)).toEqual(["entry 3, voter 0xa1: cap for a person"]);
    const ten = stake(alice, 1n, 10n * COIN, squareRoot(10n * COIN), squareRoot(10n * COIN), 200n);
    expect(lawsBroken([...start, ten], persons)).toEqual(["entry 1, voter 0xa1: cap for an entry"]);
  });

  test("one wallet for a person, and nobody's second one", () => {
    expect(lawsBroken([bound(alice, "0x01"), bound(bob, "0x01")], persons)).toEqual(["one wallet for a person"]);
    expect(lawsBroken([bound(alice, "0x01"), bound(alice, "0x02")], persons)).toEqual(["one person for a wallet"]);
    expect(lawsBroken([bound(alice)], open)).toEqual(["a person bound in an open contest"]);
  });

  test("ids count up, weights add up, the pot adds up, times are those of the blocks, votes stay in their time", () => {
    expect(lawsBroken([submitted(2n)])).toEqual(["entry ids count up from 1"]);
    expect(lawsBroken([submitted(1n), stake(alice, 1n, 5n, 5n, 4n, 200n)])).toEqual([
      "entry 1: weight after the change",
    ]);
    expect(lawsBroken([{ ...place(), kind: "funded", funder: alice, amount: 5n, pot: 6n }])).toEqual([
      "pot after funding",
    ]);
    expect(lawsBroken([submitted(1n), stake(alice, 1n, 5n, 5n, 5n, 99n)])).toEqual([
      "entry 1, voter 0xa1: no stake before voting opens",
    ]);
    expect(lawsBroken([submitted(1n), stake(alice, 1n, 5n, 5n, 5n, 1_000n)])).toEqual([
      "entry 1, voter 0xa1: no more stake after the close",
    ]);
    const events = [submitted(1n), stake(alice, 1n, 5n, 5n, 5n, 200n)];
    const broken = recount(events, open, (number) => (number === events[1]?.block ? 201n : 50n)).broken;
    expect(broken.map(({ event, law }) => [event, law])).toEqual([["200", "201"]]);
  });

  test("a retraction credits its author with the bond less a tenth, at once", () => {
    const fair = recount([submitted(1n), ...retraction(1n)], open);
    expect(fair.broken).toEqual([]);
    expect(fair.owed).toEqual(new Map([["0xau", 9n]]));
    const law = ["entry 1 bond credited"];
    expect(lawsBroken([submitted(1n), ...retraction(1n, alice)])).toEqual(law);
    expect(lawsBroken([submitted(1n), ...retraction(1n, "0xau", 10n)])).toEqual(law);
    expect(lawsBroken([submitted(1n), ...retraction(1n).slice(0, 1)])).toEqual(law);
  });

  test("an account collects what was credited to it, in the coin", () => {
    const two = [credited(alice, 4n), credited(bob, 5n)];
    expect(recount([...two, collected(alice, 4n)], open)).toMatchObject({
      broken: [],
      owed: new Map([
        [alice, 0n],
        [bob, 5n],
      ]),
    });
    expect(lawsBroken([...two, collected(alice, 5n)])).toEqual(["collected by 0xa1"]);
    expect(lawsBroken([credited(alice, 4n, "0xbad")])).toEqual(["credit of 0xa1: token"]);
  });

  test("a prize is paid once, and what it does not know it does not pass over", () => {
    const claim: ContestEvent = { ...place(), kind: "claimed", rank: 1n, entryId: 1n, to: alice, amount: 5n };
    expect(lawsBroken([claim, { ...claim, ...place() }])).toEqual(["prize 1 paid once"]);
    expect(lawsBroken([{ ...claim, to: `0x${"0".repeat(40)}` }])).toEqual(["prize 1 paid to"]);
    expect(lawsBroken([{ ...place(), kind: "unknown", topic: "0x00" }])).toEqual([
      "an event that this auditor does not know",
    ]);
  });
});

test("the root is whole, and rounded down", () => {
  expect([0n, 1n, 2n, 3n, 4n, 24n, 25n, 2n ** 96n - 1n].map(squareRoot)).toEqual([
    0n,
    1n,
    1n,
    1n,
    2n,
    4n,
    5n,
    281_474_976_710_655n,
  ]);
});
