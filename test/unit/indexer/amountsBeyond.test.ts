import { expect, test } from "vitest";
import { InconsistentLogsError } from "../../../indexer/project/InconsistentLogsError.ts";
import {
  address,
  CONTEST,
  contestCreated,
  createMemoryStore,
  FACTORY,
  headerOf,
  placed,
  submitted,
  TOKENS,
} from "./memoryStore.ts";

const MOST = 2n ** 256n - 1n;

test("amounts that no contract can hold are read again, and nothing of them is kept", async () => {
  const store = await createMemoryStore();
  const header = headerOf(1, 1_500);
  const stakeOf = (voter: number) =>
    placed(header, 2 + voter, CONTEST, {
      name: "StakeChanged",
      ...{ voter: address(90 + voter), entryId: 1, stake: MOST, weight: 0n, entryWeight: 0n, timestamp: 1_500 },
    });
  const events = [
    placed(header, 0, FACTORY, contestCreated()),
    placed(header, 1, CONTEST, submitted(1)),
    stakeOf(0),
    stakeOf(1),
  ];
  const folding = store.commit({ headers: [header], events, finalized: 0, tokens: TOKENS });
  await expect(folding).rejects.toBeInstanceOf(InconsistentLogsError);
  expect((await store.standing())?.block).toBe(0);
  await store.close();
});
