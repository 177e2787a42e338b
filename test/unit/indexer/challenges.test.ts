import { describe, expect, test } from "vitest";
import type { ChainEvent } from "../../../indexer/decode/events.ts";
import { InconsistentLogsError } from "../../../indexer/project/InconsistentLogsError.ts";
import { contests, entries } from "../../../indexer/project/tables.ts";
import type { Store } from "../../../indexer/store/store.ts";
import { challengesOf } from "../../../indexer/views/challenges.ts";
import { contestRow } from "../../../indexer/views/contests.ts";
import { nodesView } from "../../../indexer/views/nodes.ts";
import {
  address,
  CONTEST,
  contestCreated,
  createMemoryStore,
  dump,
  FACTORY,
  headerOf,
  placed,
  REGISTRY,
  submitted,
  TIMES,
  TOKENS,
  word,
} from "./memoryStore.ts";

const [ALICE, BOB, NODE] = [address(21), address(22), address(31)];
const challenged = (challengeId = 1): ChainEvent => ({
  name: "EntryChallenged",
  entryId: 1,
  challengeId,
  challenger: ALICE,
  disputeId: 2n ** 255n,
  evidenceURI: "https://example.org",
});
const evidence = (party = ALICE): ChainEvent => ({ name: "Evidence", challengeId: 1, party, evidenceURI: "ipfs://x" });
const ruled = (ruling: number, lapsed = false): ChainEvent => ({
  name: "EntryRuled",
  entryId: 1,
  challengeId: 1,
  ruling,
  lapsed,
});

/** Folds a block with these events of `emitter` above where the store stands. */
async function add(store: Store, events: readonly ChainEvent[], emitter = CONTEST): Promise<void> {
  const number = ((await store.standing())?.block ?? 0) + 1;
  const header = headerOf(number, TIMES.votesOpen + number);
  const all = events.map((event, index) => placed(header, index, emitter, event));
  await store.commit({ headers: [header], events: all, finalized: 0, tokens: TOKENS });
}

async function storeWithEntry(): Promise<Store> {
  const store = await createMemoryStore();
  await add(store, [contestCreated()], FACTORY);
  await add(store, [submitted(1)]);
  return store;
}

const statusOf = (store: Store) => store.read(async (rows) => (await rows.select(entries, "TRUE"))[0]?.status);
const liveCount = (store: Store) => store.read(async (rows) => (await rows.select(contests, "TRUE"))[0]?.liveCount);
const seenOf = (store: Store) =>
  store.read(async (rows) => (await challengesOf(rows, await contestRow(rows, CONTEST))).get(1)?.[0]);

describe("challenges in the fold", () => {
  test.each([
    [0, false, "live", 1],
    [0, true, "live", 1],
    [1, false, "live", 1],
    [2, false, "removed", 0],
  ] as const)("ruling %i, lapsed %s: the entry is %s", async (ruling, lapsed, status, live) => {
    const store = await storeWithEntry();
    await add(store, [evidence(), challenged()]);
    expect([await statusOf(store), await liveCount(store)]).toEqual(["challenged", 1]);
    await add(store, [ruled(ruling, lapsed)]);
    expect([await statusOf(store), await liveCount(store)]).toEqual([status, live]);
    const seen = await seenOf(store);
    expect(seen).toMatchObject({ disputeId: (2n ** 255n).toString(), closed: { ruling, lapsed }, evidenceCount: 1 });
    await store.close();
  });

  test("a rollback takes ruling, challenge and evidence back, each exactly", async () => {
    const store = await storeWithEntry();
    const stages = [await dump(store)];
    for (const events of [[evidence(), challenged()], [evidence(BOB)], [ruled(2)]]) {
      await add(store, events);
      stages.push(await dump(store));
    }
    for (const [index, stage] of [...stages.entries()].reverse()) {
      await store.rollback(2 + index);
      expect(await dump(store)).toEqual(stage);
    }
    await store.close();
  });

  test("an arbitrator that opens a second challenge in the middle of the first stops nothing", async () => {
    const store = await storeWithEntry();
    await add(store, [submitted(2)]);
    const inner = { ...challenged(2), entryId: 2 } as ChainEvent;
    await add(store, [inner, evidence(), challenged(1)]);
    expect((await store.read((read) => read.select(entries, "TRUE"))).map(({ status }) => status)).toEqual([
      "challenged",
      "challenged",
    ]);
    await store.close();
  });

  test.each<[string, readonly ChainEvent[]]>([
    ["a ruling whose challenge is missing", [ruled(2)]],
    ["two rulings on one challenge", [challenged(), ruled(0), ruled(2)]],
    ["a challenge of an entry that is challenged", [challenged(1), challenged(2)]],
    ["a challenge of a removed entry", [challenged(1), ruled(2), challenged(2)]],
  ])("%s is refused", async (_, events) => {
    const store = await storeWithEntry();
    await expect(add(store, events)).rejects.toThrow(InconsistentLogsError);
    await store.close();
  });

  test("evidence is listed up to a bound, and counted in all", async () => {
    const store = await storeWithEntry();
    await add(store, [challenged(), ...Array.from({ length: 60 }, () => evidence(BOB))]);
    const seen = await seenOf(store);
    expect([seen?.evidence.length, seen?.evidenceCount]).toEqual([50, 60]);
    await store.close();
  });
});

describe("what nodes are slashed and asked for", () => {
  const asked = (challengeId: bigint): ChainEvent => ({
    name: "BlockChallenged",
    challengeId,
    node: NODE,
    contest: CONTEST,
    entryId: 1,
    index: 7,
    challenger: BOB,
    bond: 5n,
    answerBy: 90_000,
  });
  const slashed: ChainEvent = {
    name: "NodeSlashed",
    node: NODE,
    contest: CONTEST,
    entryId: 1,
    fault: "missingBlock",
    evidence: word(2),
    bringer: BOB,
    amount: 40n,
    reward: 4n,
  };

  test("open questions are listed, answers and misses counted, losses kept with their reason", async () => {
    const store = await storeWithEntry();
    const registered: ChainEvent = { name: "NodeRegistered", node: NODE, endpoint: "https://n.example", stake: 200n };
    await add(store, [registered, asked(1n), asked(2n), asked(3n)], REGISTRY);
    const before = await dump(store);
    await add(
      store,
      [
        { name: "BlockAnswered", challengeId: 1n, node: NODE },
        { name: "BlockExpired", challengeId: 2n, node: NODE },
        { name: "StakeSet", node: NODE, stake: 160n },
        slashed,
      ],
      REGISTRY,
    );
    expect((await store.read((rows) => nodesView(rows, {}))).nodes).toMatchObject([
      {
        stake: "160",
        active: false,
        slashings: [{ fault: "missingBlock", amount: "40", reward: "4", bringer: BOB, entryId: 1 }],
        blockChallenges: [{ challengeId: "3", index: 7, bond: "5", answerBy: 90_000 }],
        blocksAnswered: 1,
        blocksExpired: 1,
      },
    ]);
    await store.rollback(3);
    expect(await dump(store)).toEqual(before);
    await store.close();
  });

  test.each<[string, ChainEvent]>([
    ["an answer to a question that nobody asked", { name: "BlockAnswered", challengeId: 9n, node: NODE }],
    ["a loss of a node that never registered", { ...slashed, node: BOB } as ChainEvent],
  ])("%s is refused", async (_, event) => {
    const store = await storeWithEntry();
    await expect(add(store, [event], REGISTRY)).rejects.toThrow(InconsistentLogsError);
    await store.close();
  });
});
