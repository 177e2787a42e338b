import { describe, expect, test } from "vitest";
import { DEAD } from "../../../scripts/audit/bondBooks.ts";
import { coinsOwed } from "../../../scripts/audit/coinsOwed.ts";
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
  arbitrator: "0xa7",
  rulingTimeout: 50n,
  entriesOpen: 0n,
  votesOpen: 100n,
  countFrom: 500n,
  votesClose: 1_000n,
  maxModelBytes: 1_000n,
  personCap: 0n,
  entryCap: 0n,
  entryBond: 10n,
  challengeBond: 4n,
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

  test("an account collects what was credited to it, in the coin; nothing is credited for no reason", () => {
    const two = [submitted(1n), { ...submitted(2n), author: bob }, ...retraction(1n), ...retraction(2n, bob)];
    expect(recount([...two, collected("0xau", 9n)], open)).toMatchObject({
      broken: [],
      burned: 2n,
      owed: new Map([
        ["0xau", 0n],
        [bob, 9n],
      ]),
    });
    expect(lawsBroken([...two, collected("0xau", 5n)])).toEqual(["collected by 0xau"]);
    expect(lawsBroken([credited(alice, 4n, "0xbad")])).toEqual(["credit of 0xa1: token", "credit of 0xa1"]);
    expect(lawsBroken([...two, credited(alice, 10n)])).toEqual(["credit of 0xa1"]);
  });

  test("a burn that the coin refuses is owed to nobody, once and whole", () => {
    const [gone, back] = retraction(1n) as [ContestEvent, ContestEvent];
    const kept = (amount: bigint): ContestEvent => ({ ...credited(DEAD, amount), block: gone.block, index: 2 });
    const counted = recount([submitted(1n), gone, back, kept(1n)], open);
    expect(counted).toMatchObject({ broken: [], burned: 0n });
    expect(coinsOwed(counted, open)).toMatchObject({ bonds: 0n, credits: 10n, total: 10n });
    expect(lawsBroken([submitted(1n), gone, back, kept(2n)])).toEqual([`credit of ${DEAD}`]);
    expect(lawsBroken([submitted(1n), gone, back, kept(1n), kept(1n)])).toEqual([`credit of ${DEAD}`]);
    expect(lawsBroken([submitted(1n), gone, back, credited(DEAD, 1n)])).toEqual([`credit of ${DEAD}`]);
  });

  test("a bond comes back after the result, once for each entry", () => {
    const ranks = [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n];
    const final: ContestEvent[] = [
      submitted(1n),
      submitted(2n),
      { ...place(), kind: "counted", upTo: 2n },
      { ...place(), kind: "finalized", entryIds: ranks, pot: 0n, unheld: 0n },
    ];
    const once = recount([...final, credited("0xau", 10n)], open);
    expect(once.broken).toEqual([]);
    expect(coinsOwed(once, open)).toMatchObject({ bonds: 10n, credits: 10n, total: 20n });
    expect(lawsBroken([...final, credited("0xau", 9n)])).toEqual(["credit of 0xau"]);
    const thrice = [credited("0xau", 10n), credited("0xau", 10n), credited("0xau", 10n)];
    expect(lawsBroken([...final, ...thrice])).toEqual(["credit of 0xau"]);
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

/** Challenges of the open contest: bond 4, entry bond 10, 50 seconds for a ruling. Events of one block each. */
describe("challenges", () => {
  const at = open.arbitrator;
  const challenged = (entryId: bigint, challengeId = 1n, disputeId = 7n): ContestEvent[] => {
    const { block } = place();
    return [
      { block, index: 0, kind: "dispute", arbitrator: at, disputeId, challengeId },
      { block, index: 1, kind: "evidence", arbitrator: at, challengeId, party: alice },
      { block, index: 2, kind: "challenged", entryId, challengeId, challenger: alice, disputeId, reason: "ipfs://why" },
    ];
  };
  const credit = (account: string, amount: bigint, block: number, index: number): ContestEvent => ({
    ...credited(account, amount),
    block,
    index,
  });
  /** A ruling and what it moves. `said`: what the arbitrator said. */
  const ruled = (ruling: bigint, { said = ruling, challengeId = 1n, disputeId = 7n } = {}): ContestEvent[] => {
    const { block } = place();
    const events: ContestEvent[] = [
      { block, index: 0, kind: "ruling", arbitrator: at, disputeId, ruling: said },
      { block, index: 1, kind: "ruled", entryId: 1n, challengeId, ruling, lapsed: false },
      credit(ruling === 1n ? "0xau" : alice, 4n, block, 2),
    ];
    return ruling === 2n ? [...events, credit(alice, 5n, block, 3)] : events;
  };
  const votes = [submitted(1n), submitted(2n), stake(bob, 1n, 6n, 6n, 6n, 200n), stake(bob, 2n, 5n, 5n, 5n, 200n)];

  test("a challenged entry keeps its rank; a removed one holds none, and its stakes still leave", () => {
    const waiting = recount([...votes, ...challenged(1n)], open);
    expect(waiting.broken).toEqual([]);
    expect(standingsOf(waiting, open).topTen.slice(0, 3)).toEqual([1n, 2n, 0n]);
    expect(coinsOwed(waiting, open)).toEqual({ stakes: 11n, bonds: 24n, credits: 0n, pot: 0n, total: 35n });
    const removed = recount([...votes, ...challenged(1n), ...ruled(2n)], open);
    expect(removed.broken).toEqual([]);
    expect(standingsOf(removed, open).topTen.slice(0, 3)).toEqual([2n, 0n, 0n]);
    expect(removed.entries.get(1n)?.status).toBe("removed");
    expect(coinsOwed(removed, open)).toEqual({ stakes: 11n, bonds: 10n, credits: 9n, pot: 0n, total: 30n });
    expect(removed.burned).toBe(5n);
    const events = [...votes, ...challenged(1n), ...ruled(2n)];
    expect(lawsBroken([...events, stake(bob, 1n, 0n, 0n, 0n, 300n)])).toEqual([]);
    expect(lawsBroken([...events, stake(bob, 1n, 7n, 7n, 7n, 300n)])).toEqual(["entry 1, voter 0xb0: more stake"]);
  });

  test("ruling 0 gives the bond back, ruling 1 gives it to the author; the entry is live again and can be challenged", () => {
    const refused = recount([...votes, ...challenged(1n), ...ruled(0n)], open);
    expect(refused).toMatchObject({ broken: [], burned: 0n, owed: new Map([[alice, 4n]]) });
    const eligible = recount([...votes, ...challenged(1n), ...ruled(1n), ...challenged(1n, 2n, 8n)], open);
    expect(eligible).toMatchObject({ broken: [], owed: new Map([["0xau", 4n]]) });
    expect(eligible.entries.get(1n)?.status).toBe("challenged");
    expect(lawsBroken([...votes, ...challenged(1n), ...ruled(0n, { said: 9n })])).toEqual([]);
  });

  test("a challenge lapses when its time is over, as ruling 0, and not before", () => {
    const opening = challenged(1n);
    const { block } = place();
    const lapsed = (ruling: bigint): ContestEvent[] => [
      { block, index: 0, kind: "ruled", entryId: 1n, challengeId: 1n, ruling, lapsed: true },
      credit(alice, 4n, block, 1),
    ];
    const at = (seconds: bigint) => (number: number) =>
      number === opening[0]?.block ? 300n : number === block ? 300n + seconds : undefined;
    const broken = (ruling: bigint, seconds: bigint) =>
      recount([submitted(1n), ...opening, ...lapsed(ruling)], open, at(seconds)).broken.map(({ what }) => what);
    expect(broken(0n, 50n)).toEqual([]);
    expect(broken(0n, 49n)).toEqual([`challenge 1: the arbitrator's time (block ${block})`]);
    expect(broken(1n, 50n)).toContain(`challenge 1: ruling after its time (block ${block})`);
  });

  test("bonds go to whom the law says, at once and to the wei", () => {
    const before = [...votes, ...challenged(1n)];
    const law = "challenge 1 bond credited";
    expect(lawsBroken([...before, ...ruled(2n).slice(0, 2)])).toEqual([law]);
    expect(lawsBroken([...before, ...ruled(2n).slice(0, 3)])).toEqual(["challenge 1 reward credited"]);
    const [said, effect, bond] = ruled(1n) as [ContestEvent, ContestEvent, ContestEvent];
    expect(lawsBroken([...before, said, effect, { ...bond, account: alice } as ContestEvent])).toEqual([law]);
    expect(lawsBroken([...before, said, effect, { ...bond, amount: 5n } as ContestEvent])).toEqual([law]);
  });

  test("only the arbitrator rules, once, on what is open, and what it says takes effect", () => {
    const before = [...votes, ...challenged(1n)];
    expect(lawsBroken([...before, ...ruled(2n, { said: 1n })])).toEqual(["challenge 1: what the arbitrator said"]);
    expect(lawsBroken([...before, ...ruled(2n).slice(1)])).toEqual([
      "challenge 1: its dispute",
      "challenge 1: what the arbitrator said",
    ]);
    expect(lawsBroken([...before, ...ruled(0n, { disputeId: 8n })])).toEqual(["challenge 1: its dispute"]);
    expect(lawsBroken([...before, ...ruled(0n).slice(0, 1)])).toEqual(["ruling on dispute 7"]);
    const twice = [...before, ...ruled(0n), ...ruled(0n)];
    expect(lawsBroken(twice)[0]).toBe("challenge 1: ruled on");
    const stranger = ruled(0n).map((event) => (event.kind === "ruling" ? { ...event, arbitrator: bob } : event));
    expect(lawsBroken([...before, ...stranger])).toEqual(["ruling on dispute 7"]);
  });

  test("one is open at a time, on a live entry, before the close, with its dispute and its evidence", () => {
    const [dispute, evidence, opening] = challenged(1n) as [ContestEvent, ContestEvent, ContestEvent];
    const one = [submitted(1n), dispute, evidence, opening];
    expect(lawsBroken(one)).toEqual([]);
    expect(lawsBroken([submitted(1n), evidence, opening])).toEqual(["challenge 1: its dispute"]);
    expect(lawsBroken([submitted(1n), dispute, opening])).toEqual(["challenge 1: its evidence"]);
    expect(lawsBroken([...one, ...challenged(1n, 2n, 8n)])).toEqual(["challenge 2: of a live entry"]);
    expect(lawsBroken([...one, submitted(2n), ...challenged(2n, 3n, 8n)])).toEqual(["challenge ids count up from 1"]);
    expect(lawsBroken(challenged(1n))).toEqual(["challenge 1: of a live entry"]);
    expect(recount(one, open, () => 1_000n).broken.map(({ what }) => what)).toContain(
      `challenge 1: before the close (block ${opening.block})`,
    );
    expect(lawsBroken([...one, { ...place(), kind: "counted", upTo: 1n }])).toEqual(["counted with a challenge open"]);
    const late: ContestEvent = { ...place(), kind: "evidence", arbitrator: at, challengeId: 1n, party: bob };
    expect(lawsBroken([...one, late])).toEqual([]);
    expect(lawsBroken([...one, ...ruled(0n), late])).toEqual(["evidence on challenge 1"]);
    expect(lawsBroken([submitted(1n), late])).toEqual(["evidence on challenge 1"]);
  });

  test("an order that was skipped changes nothing; nonces given up are nonces", () => {
    const skipped: ContestEvent = { ...place(), kind: "orderSkipped", voter: bob, entryId: 99n, nonce: 2n ** 200n };
    expect(lawsBroken([submitted(1n), skipped])).toEqual([]);
    const cancelled = (mask: bigint): ContestEvent => ({
      ...place(),
      kind: "ordersCancelled",
      voter: bob,
      entryId: 1n,
      mask,
    });
    const counted = recount([cancelled(5n), cancelled(2n)], open);
    expect(counted.broken).toEqual([]);
    expect([...counted.cancelled.values()]).toEqual([{ voter: bob, entryId: 1n, mask: 7n }]);
    expect(lawsBroken([cancelled(0n), cancelled(1n << 112n)])).toHaveLength(2);
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
