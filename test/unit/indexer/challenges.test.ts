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
function add(store: Store, events: readonly ChainEvent[], emitter = CONTEST): void {
  const number = (store.standing()?.block ?? 0) + 1;
  const header = headerOf(number, TIMES.votesOpen + number);
  const all = events.map((event, index) => placed(header, index, emitter, event));
  store.commit({ headers: [header], events: all, finalized: 0, tokens: TOKENS });
}

function storeWithEntry(): Store {
  const store = createMemoryStore();
  add(store, [contestCreated()], FACTORY);
  add(store, [submitted(1)]);
  return store;
}

const statusOf = (store: Store) => store.rows.select(entries, "TRUE")[0]?.status;
const liveCount = (store: Store) => store.rows.select(contests, "TRUE")[0]?.liveCount;

describe("challenges in the fold", () => {
  test.each([
    [0, false, "live", 1],
    [0, true, "live", 1],
    [1, false, "live", 1],
    [2, false, "removed", 0],
  ] as const)("ruling %i, lapsed %s: the entry is %s", (ruling, lapsed, status, live) => {
    const store = storeWithEntry();
    add(store, [evidence(), challenged()]);
    expect([statusOf(store), liveCount(store)]).toEqual(["challenged", 1]);
    add(store, [ruled(ruling, lapsed)]);
    expect([statusOf(store), liveCount(store)]).toEqual([status, live]);
    const [seen] = challengesOf(store.rows, contestRow(store.rows, CONTEST)).get(1) ?? [];
    expect(seen).toMatchObject({ disputeId: (2n ** 255n).toString(), closed: { ruling, lapsed }, evidenceCount: 1 });
    store.close();
  });

  test("a rollback takes ruling, challenge and evidence back, each exactly", () => {
    const store = storeWithEntry();
    const stages = [dump(store)];
    for (const events of [[evidence(), challenged()], [evidence(BOB)], [ruled(2)]]) {
      add(store, events);
      stages.push(dump(store));
    }
    for (const [index, stage] of [...stages.entries()].reverse()) {
      store.rollback(2 + index);
      expect(dump(store)).toEqual(stage);
    }
    store.close();
  });

  test("an arbitrator that opens a second challenge in the middle of the first stops nothing", () => {
    const store = storeWithEntry();
    add(store, [submitted(2)]);
    const inner = { ...challenged(2), entryId: 2 } as ChainEvent;
    add(store, [inner, evidence(), challenged(1)]);
    expect(store.rows.select(entries, "TRUE").map(({ status }) => status)).toEqual(["challenged", "challenged"]);
    store.close();
  });

  test.each<[string, readonly ChainEvent[]]>([
    ["a ruling whose challenge is missing", [ruled(2)]],
    ["two rulings on one challenge", [challenged(), ruled(0), ruled(2)]],
    ["a challenge of an entry that is challenged", [challenged(1), challenged(2)]],
    ["a challenge of a removed entry", [challenged(1), ruled(2), challenged(2)]],
  ])("%s is refused", (_, events) => {
    const store = storeWithEntry();
    expect(() => add(store, events)).toThrow(InconsistentLogsError);
    store.close();
  });

  test("evidence is listed up to a bound, and counted in all", () => {
    const store = storeWithEntry();
    add(store, [challenged(), ...Array.from({ length: 60 }, () => evidence(BOB))]);
    const [seen] = challengesOf(store.rows, contestRow(store.rows, CONTEST)).get(1) ?? [];
    expect([seen?.evidence.length, seen?.evidenceCount]).toEqual([50, 60]);
    store.close();
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

  test("open questions are listed, answers and misses counted, losses kept with their reason", () => {
    const store = storeWithEntry();
    const registered: ChainEvent = { name: "NodeRegistered", node: NODE, endpoint: "https://n.example", stake: 200n };
    add(store, [registered, asked(1n), asked(2n), asked(3n)], REGISTRY);
    const before = dump(store);
    add(
      store,
      [
        { name: "BlockAnswered", challengeId: 1n, node: NODE },
        { name: "BlockExpired", challengeId: 2n, node: NODE },
        { name: "StakeSet", node: NODE, stake: 160n },
        slashed,
      ],
      REGISTRY,
    );
    expect(nodesView(store.rows, {}).nodes).toMatchObject([
      {
        stake: "160",
        active: false,
        slashings: [{ fault: "missingBlock", amount: "40", reward: "4", bringer: BOB, entryId: 1 }],
        blockChallenges: [{ challengeId: "3", index: 7, bond: "5", answerBy: 90_000 }],
        blocksAnswered: 1,
        blocksExpired: 1,
      },
    ]);
    store.rollback(3);
    expect(dump(store)).toEqual(before);
    store.close();
  });

  test.each<[string, ChainEvent]>([
    ["an answer to a question that nobody asked", { name: "BlockAnswered", challengeId: 9n, node: NODE }],
    ["a loss of a node that never registered", { ...slashed, node: BOB } as ChainEvent],
  ])("%s is refused", (_, event) => {
    const store = storeWithEntry();
    expect(() => add(store, [event], REGISTRY)).toThrow(InconsistentLogsError);
    store.close();
  });
});
