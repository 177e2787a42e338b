import pino from "pino";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RetryableError } from "#protocol/errors.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { createHost } from "../../../inference-node/serve/createHost.ts";
import type { HostedEntry } from "../../../inference-node/serve/hostedEntry.ts";
import { entry } from "../../support/entryFacts.ts";
import { until } from "../../support/until.ts";

let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

/** A host whose entries are ready at once, but for those whose ids are `stuck`, which never are. */
function start(known: readonly EntryFacts[], stuck: readonly number[] = []) {
  const state = { known, looks: 0, broken: new Set<number>(), prepared: [] as number[], closed: [] as number[] };
  const host = createHost({
    chain: {
      async entries() {
        state.looks += 1;
        return { block: state.looks, entries: state.known };
      },
    },
    async prepare(facts, onLost) {
      state.prepared.push(facts.entryId);
      if (stuck.includes(facts.entryId)) await new Promise(() => undefined);
      return {
        facts,
        manifest: { name: "m" },
        async check() {
          if (!state.broken.has(facts.entryId)) return async () => true;
          const error = new Error("another file");
          onLost(error);
          throw error;
        },
        runner: { state: () => "asleep", reason: () => null, close: async () => void state.closed.push(facts.entryId) },
      } as unknown as HostedEntry;
    },
    pollMs: 5,
    logger: pino({ level: "silent" }),
    signal: stop.signal,
    elapsed: () => 0,
    onChange: () => undefined,
  });
  void host.run();
  return { host, state, ids: () => host.entries().map(({ facts }) => facts.entryId) };
}

test.each([-2, 2])("what failed is tried again in its time, though the clock jumps by %i hours", async (hours) => {
  const clock = { ms: 0 };
  let [tried, looks] = [0, 0];
  const host = createHost({
    chain: {
      async entries() {
        looks += 1;
        return { block: looks, entries: [entry(1)] };
      },
    },
    async prepare() {
      tried += 1;
      throw new RetryableError("/home/op: http://user:hush@10.0.0.7 is away");
    },
    pollMs: 2,
    logger: pino({ level: "silent" }),
    signal: stop.signal,
    elapsed: () => clock.ms,
    onChange: () => undefined,
  });
  const now = Date.now();
  const jumping = vi.spyOn(Date, "now").mockReturnValue(now);
  try {
    void host.run();
    await until("the failure", () => tried === 1);
    jumping.mockReturnValue(now + hours * 3_600_000);
    expect(host.readiness().entries[0]?.detail).toBe("It could not be made ready; this node's log says why.");
    const before = looks;
    await expect.poll(() => looks).toBeGreaterThan(before + 3);
    expect(tried).toBe(1);
    clock.ms += 2_000;
    await expect.poll(() => tried).toBe(2);
  } finally {
    jumping.mockRestore();
  }
});

describe("the entries that a node hosts", () => {
  test.each([
    ["manifest", { manifestHash: `0x${"0a".repeat(32)}` }],
    ["model", { modelSha256: `0x${"0a".repeat(32)}` }],
    ["pieces root", { modelRoot: `0x${"0a".repeat(32)}` }],
    ["size", { modelSize: 2 }],
    ["contest", { contest: "0x00000000000000000000000000000000000c0de6" }],
  ] as const)("follow the chain when it names another %s under the same id", async (_what, change) => {
    const { host, state, ids } = start([entry(1)]);
    await until("the entry", () => ids().length === 1);
    const changed = { ...entry(1), ...change };
    state.known = [changed];
    await until("the changed entry", () => host.entries()[0]?.facts === changed);
    expect(state.closed).toEqual([1]);
  });

  test("stay as they are when only the manifest's address is another", async () => {
    const { state, ids } = start([entry(1)]);
    await until("the entry", () => ids().length === 1);
    state.known = [{ ...entry(1), manifestURI: "https://example.org/y.json" }];
    const { looks } = state;
    await until("two more looks", () => state.looks > looks + 2);
    expect(state).toMatchObject({ prepared: [1], closed: [] });
  });

  test("do not wait for one that is not ready, nor does the look at the chain", async () => {
    const { state, ids } = start([1, 2, 3, 4, 5, 6].map(entry), [1, 3]);
    await until("the others", () => ids().length === 4);
    expect(ids()).toEqual([2, 4, 5, 6]);
    state.known = [2, 4].map(entry);
    await until("a further look", () => ids().length === 2);
  });

  test("are prepared four at a time", async () => {
    const { state } = start([1, 2, 3, 4, 5, 6].map(entry), [1, 2, 3, 4, 5, 6]);
    await until("a further look", () => state.looks > 2);
    expect(state.prepared).toEqual([1, 2, 3, 4]);
  });

  test("hold none whose file is another now, until it was prepared anew", async () => {
    const { host, state, ids } = start([entry(1), entry(2)]);
    await until("both", () => ids().length === 2);
    state.broken.add(1);
    expect((await host.intact()).map(({ facts }) => facts.entryId)).toEqual([2]);
    expect(ids()).toEqual([2]);
    expect(state.closed).toEqual([1]);
    state.broken.delete(1);
    await until("the other again", () => ids().length === 2);
    expect(state.prepared).toEqual([1, 2, 1]);
  });
});
