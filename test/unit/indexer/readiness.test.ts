import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createReadiness } from "../../../indexer/readiness.ts";
import { putRow } from "../../../indexer/store/backend.ts";
import { createServed } from "../../../indexer/store/served.ts";
import type { Store } from "../../../indexer/store/store.ts";
import { writer } from "../../../indexer/store/tables.ts";
import { createMemoryStore } from "./memoryStore.ts";

const AWAY_MS = 1_000;

let store: Store;
let readiness: ReturnType<typeof createReadiness>;
/** Milliseconds. */
let now: number;

beforeEach(async () => {
  store = await createMemoryStore();
  const served = createServed({ store, findOlder: async () => undefined, onChange: () => {} });
  readiness = createReadiness({ store, served, status: () => undefined, awayMs: AWAY_MS });
  now = 5_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await store.close();
});

/** What the process that writes says of itself, at `saidAt` by its own clock. */
async function say(saidAt: number, problem: string | null = null): Promise<void> {
  await store.write(async () => [putRow(writer, { id: 1, head: 0, problem, saidAt, completed: 0 })]);
  await readiness.hear();
}
const reason = async () => (await readiness.ready()).reason;

test("one that only reads is ready once it heard twice of the one that writes: what was there may be of a dead one", async () => {
  expect(await reason()).toBe("Nothing is indexed yet.");
  await say(100);
  expect(await reason()).toBe("The process that writes the database was not heard of yet.");
  await say(200);
  expect(await readiness.ready()).toMatchObject({ ready: true, head: 0, indexed: 0, lag: 0, reason: null });
});

test("it says so when the one that writes is silent for too long, and when it speaks again", async () => {
  await say(100);
  await say(200);
  now += AWAY_MS;
  expect(await reason()).toBeNull();
  now += 1;
  expect(await reason()).toBe("The process that writes the database does not speak.");
  // Whatever its clock says.
  await say(50);
  expect(await reason()).toBeNull();
});

test("what is wrong with the one that writes is said by those that read", async () => {
  await say(100);
  await say(200, "The chain's endpoint does not answer.");
  expect(await reason()).toBe("The chain's endpoint does not answer.");
});
