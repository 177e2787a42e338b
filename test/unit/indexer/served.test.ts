import { afterEach, beforeEach, expect, test } from "vitest";
import { putRow } from "../../../indexer/store/backend.ts";
import { openDatabase } from "../../../indexer/store/openDatabase.ts";
import { PROJECTION_VERSION } from "../../../indexer/store/projectionVersion.ts";
import { createServed } from "../../../indexer/store/served.ts";
import { createSqliteBackend } from "../../../indexer/store/sqliteBackend.ts";
import type { Store } from "../../../indexer/store/store.ts";
import { position, writer } from "../../../indexer/store/tables.ts";
import { createMemoryStore, createStoreIn, headerOf } from "./memoryStore.ts";

let store: Store;
let older: Store;
let served: ReturnType<typeof createServed>;
let changes = 0;

beforeEach(async () => {
  changes = 0;
  store = await createMemoryStore();
  const backend = createSqliteBackend(openDatabase(":memory:"));
  older = await createStoreIn(backend);
  served = createServed({
    store,
    findOlder: async () => ({ version: 1, backend, unreadable: null }),
    onChange: () => {
      changes += 1;
    },
  });
});
afterEach(async () => {
  await served.close();
  await store.close();
});

const mine = (one: Store, number: number) =>
  one.commit({ headers: [headerOf(number, number)], events: [], finalized: 0, tokens: [] });
const complete = () =>
  store.write(async () => [putRow(writer, { id: 1, head: 1, problem: null, saidAt: 0, completed: 1 })]);
const ask = () => served.read(async (rows, version) => ({ version, block: (await rows.get(position, [1]))?.block }));

test("the older version's rows answer until this one's are complete", async () => {
  await mine(older, 1);
  await mine(store, 1);
  await served.settle();
  expect(await ask()).toEqual({ version: 1, block: 1 });
  await complete();
  await served.settle();
  expect(await ask()).toEqual({ version: PROJECTION_VERSION, block: 1 });
  expect(changes).toBe(1);
  expect(await served.older()).toBeNull();
});

test("they answer on while they have a block that this version has not", async () => {
  await mine(older, 1);
  expect(await ask()).toEqual({ version: 1, block: 1 });
  await complete();
  await served.settle();
  expect(await ask()).toEqual({ version: 1, block: 1 });
  await mine(store, 1);
  await served.settle();
  expect(await ask()).toEqual({ version: PROJECTION_VERSION, block: 1 });
});

test("a version that was complete once answers at once, whatever is older", async () => {
  await mine(older, 1);
  await complete();
  expect(await ask()).toEqual({ version: PROJECTION_VERSION, block: 0 });
});

test("a question that is being answered holds the switch up, and those that come meanwhile wait and are answered", async () => {
  // As in Postgres, questions do not wait for each other.
  const second = await createMemoryStore();
  let questions = 0;
  const backend = {
    read: ((work) => (questions++ === 0 ? older : second).read(work)) as Store["read"],
    watch: () => async () => {},
    close: () => second.close(),
  };
  const both = createServed({
    store,
    findOlder: async () => ({ version: 1, backend, unreadable: null }),
    onChange: () => {},
  });
  const order: string[] = [];
  const slow = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const first = both.read(async (_, version) => {
    begun.resolve();
    await slow.promise;
    order.push(`answered by ${version}`);
  });
  await begun.promise;
  await complete();
  const settled = both.settle().then(() => order.push("switched"));
  await new Promise(setImmediate);
  const meanwhile = both.read(async (_, version) => order.push(`then by ${version}`));
  await new Promise(setImmediate);
  slow.resolve();
  await Promise.all([first, settled, meanwhile]);
  expect(order[0]).toBe("answered by 1");
  expect(order.toSorted()).toEqual(["answered by 1", "switched", `then by ${PROJECTION_VERSION}`]);
  await older.close();
});
