import { describe, expect, test } from "vitest";
import type { ChainEvent } from "../../../indexer/decode/events.ts";
import { InconsistentLogsError } from "../../../indexer/project/InconsistentLogsError.ts";
import { describeFold } from "../../support/describeFold.ts";
import {
  address,
  CONTEST,
  contestCreated,
  createMemoryStore,
  FACTORY,
  headerOf,
  placed,
  RULES,
  submitted,
  TIMES,
  TOKENS,
} from "./memoryStore.ts";

describeFold("the fold in SQLite", createMemoryStore);

describe("logs that do not add up are refused", () => {
  const stake = (overrides: object): ChainEvent => ({
    name: "StakeChanged",
    voter: address(100),
    entryId: 1,
    stake: 5n,
    weight: 5n,
    entryWeight: 5n,
    timestamp: TIMES.votesOpen,
    ...overrides,
  });
  const created = headerOf(1, TIMES.entriesOpen);
  const voting = headerOf(2, TIMES.votesOpen);

  test.each<[string, ChainEvent]>([
    ["a stake whose sum says that another is missing", stake({ entryWeight: 9n })],
    ["a stake with another block's time", stake({ timestamp: TIMES.votesOpen + 1 })],
    ["a stake on an entry whose submission is missing", stake({ entryId: 2 })],
    ["an entry that follows a missing one", submitted(3)],
    ["a pot that says that a funding is missing", { name: "PotFunded", funder: address(5), amount: 3n, pot: 7n }],
    ["a refund before there is a result", { name: "Reclaimed", funder: address(5), amount: 3n }],
    ["a payment of what nobody owed", { name: "Collected", account: address(5), token: RULES.coin, amount: 3n }],
  ])("%s", async (_, event) => {
    const store = await createMemoryStore();
    const events = [placed(created, 0, FACTORY, contestCreated()), placed(created, 1, CONTEST, submitted(1))];
    await store.commit({ headers: [created], events, finalized: 0, tokens: TOKENS });
    const range = { headers: [voting], events: [placed(voting, 0, CONTEST, event)], finalized: 0, tokens: [] };
    await expect(store.commit(range)).rejects.toThrow(InconsistentLogsError);
    expect((await store.standing())?.block).toBe(1);
    await store.close();
  });
});
