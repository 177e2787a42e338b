import { expect, test } from "vitest";
import type { ChainEvent } from "../../../indexer/decode/events.ts";
import type { Placed, Store } from "../../../indexer/store/store.ts";
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
  TOKENS,
  word,
} from "./memoryStore.ts";

const HEADERS = [1, 2, 3, 4].map((number) => headerOf(number, number * 100));
const [first, second, third, fourth] = HEADERS as [
  (typeof HEADERS)[0],
  (typeof HEADERS)[0],
  (typeof HEADERS)[0],
  (typeof HEADERS)[0],
];
const NODE = address(70);

const bound = (wallet: number): ChainEvent => ({
  name: "PersonBound",
  wallet: address(wallet),
  nullifier: word(wallet),
});
const registered: ChainEvent = { name: "NodeRegistered", node: NODE, endpoint: "https://node.example", stake: 5n };
const key = (of: number): ChainEvent => ({ name: "KeyAdded", node: NODE, key: address(of) });

const OF_CONTEST = [
  placed(first, 0, FACTORY, contestCreated()),
  placed(first, 1, CONTEST, submitted(1)),
  placed(second, 0, CONTEST, bound(81)),
  placed(third, 0, CONTEST, bound(82)),
  placed(third, 1, CONTEST, { name: "PotFunded", funder: address(81), amount: 5n, pot: 5n }),
  placed(fourth, 0, CONTEST, submitted(2)),
];
const OF_REGISTRY = [
  placed(first, 2, REGISTRY, registered),
  placed(second, 1, REGISTRY, key(71)),
  placed(fourth, 1, REGISTRY, key(72)),
];

/** A store in which blocks 3 and 4 can be taken back, folded from these events. */
async function folded(events: readonly Placed[]): Promise<Store> {
  const store = await createMemoryStore();
  for (const header of HEADERS) {
    const own = events.filter(({ at }) => at.block === header.number);
    await store.commit({ headers: [header], events: own, finalized: 2, tokens: TOKENS });
  }
  return store;
}

const holes: [string, number, typeof CONTEST | null, readonly Placed[]][] = [
  ["a contest", 2, CONTEST, OF_CONTEST],
  ["a contest, in what can be taken back", 3, CONTEST, OF_CONTEST],
  ["the registry", 1, null, OF_REGISTRY],
];

test.each(holes)(
  "read anew, %s is what a fold without the hole gives, also when blocks are taken back then",
  async (_, hole, contest, events) => {
    const inOrder = (all: readonly Placed[]) =>
      all.toSorted((a, b) => a.at.block - b.at.block || a.at.logIndex - b.at.logIndex);
    const all = inOrder([...OF_CONTEST, ...OF_REGISTRY]);
    const whole = await folded(all);
    const holed = await folded(all.filter((one) => one !== events[hole]));
    expect(await dump(holed)).not.toEqual(await dump(whole));
    await holed.refold({ contest, events, headers: HEADERS, tokens: TOKENS, at: fourth });
    expect(await dump(holed)).toEqual(await dump(whole));
    for (const to of [3, 2]) {
      await Promise.all([holed.rollback(to), whole.rollback(to)]);
      expect(await dump(holed)).toEqual(await dump(whole));
    }
    await Promise.all([holed.close(), whole.close()]);
  },
);

test("nothing is put in the place of rows that moved on meanwhile", async () => {
  const store = await folded(OF_CONTEST);
  const retold = { contest: CONTEST, events: OF_CONTEST, headers: HEADERS, tokens: TOKENS, at: third };
  await expect(store.refold(retold)).rejects.toThrow("Another indexer wrote up to block 4 in the meantime.");
  await store.close();
});
