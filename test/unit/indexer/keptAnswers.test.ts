import { gunzipSync } from "node:zlib";
import { fastify } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createKeptAnswers, LEAST_COMPRESSED } from "../../../indexer/api/keptAnswers.ts";
import type { Store } from "../../../indexer/store/store.ts";
import { position } from "../../../indexer/store/tables.ts";
import { CONTEST, contestCreated, createMemoryStore, FACTORY, headerOf, placed, TOKENS } from "./memoryStore.ts";

let store: Store;
let version: number;
let made: number;

beforeEach(async () => {
  [store, version, made] = [await createMemoryStore(), 1, 0];
});
afterEach(() => store.close());

const commit = (number: number, branch = 0) =>
  store.commit({ headers: [headerOf(number, number * 100, branch)], events: [], finalized: 0, tokens: TOKENS });

function answers() {
  const kept = createKeptAnswers((work) => store.read((rows) => work(rows, version)));
  /** Asks for something; `padding` makes the answer long. */
  async function ask(url = "/one", padding = 0) {
    const { text, etag } = await kept.to(url, async (rows) => {
      made += 1;
      const block = (await rows.get(position, [1]))?.block;
      return { url, block, version, padding: "x".repeat(padding) };
    });
    return { ...(JSON.parse(text) as { block: number; version: number }), etag };
  }
  return { ...kept, ask };
}

describe("an answer", () => {
  test("is worked out once for each address while nothing changes", async () => {
    const { ask } = answers();
    const first = await ask();
    expect(await ask()).toEqual(first);
    expect(made).toBe(1);
    expect((await ask("/two")).etag).not.toBe(first.etag);
    expect(made).toBe(2);
  });

  test("is worked out anew after the next block, with another tag", async () => {
    const { ask } = answers();
    const first = await ask();
    await commit(1);
    const second = await ask();
    expect([second.block, made]).toEqual([1, 2]);
    expect(second.etag).not.toBe(first.etag);
  });

  test("is worked out anew after blocks were taken back and others of the same number came", async () => {
    const { ask } = answers();
    await commit(1);
    await ask();
    await store.rollback(0);
    await commit(1, 1);
    await ask();
    expect(made).toBe(2);
  });

  test("is worked out anew when a contract was read anew, though the block is the same", async () => {
    const { ask } = answers();
    const header = headerOf(1, 100);
    await commit(1);
    await ask();
    const events = [placed(header, 0, FACTORY, contestCreated())];
    await store.refold({ contest: CONTEST, events, headers: [header], tokens: TOKENS, at: header });
    await ask();
    expect(made).toBe(2);
  });

  test("is worked out anew from another version's rows", async () => {
    const { ask } = answers();
    await ask();
    version = 2;
    expect(await ask()).toMatchObject({ version: 2 });
  });

  test("that is refused is not kept", async () => {
    const kept = answers();
    const failing = kept.to("/one", () => Promise.reject(new Error("no such contest")));
    await expect(failing).rejects.toThrow("no such contest");
    expect(await kept.ask()).toMatchObject({ block: 0 });
  });

  test("goes when all of them together are too long", async () => {
    const { ask } = answers();
    await ask("/small");
    await ask("/large", 20_000_000);
    await ask("/small");
    expect(made).toBe(2);
    await ask("/larger", 20_000_000);
    await ask("/small");
    expect(made).toBe(4);
  });

  test("counts with its address, which may be the longer one", async () => {
    const { ask, to } = answers();
    await ask();
    for (const letter of ["a", "b"]) await to(`/${letter.repeat(20_000_000)}`, async () => 1);
    await ask();
    expect(made).toBe(2);
  });
});

describe("on the wire", () => {
  async function get(padding: number, encoding?: string) {
    const { to, send } = answers();
    const app = fastify();
    app.get("/one", async (request, reply) =>
      send(await to("/one", async () => ({ padding: "x".repeat(padding) })), request, reply),
    );
    const headers = encoding === undefined ? {} : { "accept-encoding": encoding };
    const { headers: said, rawPayload } = await app.inject({ url: "/one", headers });
    await app.close();
    return { said, rawPayload };
  }

  test("a long one is compressed for who takes that, and says so", async () => {
    const { said, rawPayload } = await get(LEAST_COMPRESSED, "br, gzip");
    expect(said).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
    expect(JSON.parse(gunzipSync(rawPayload).toString())).toEqual({ padding: "x".repeat(LEAST_COMPRESSED) });
  });

  test.each([
    ["a short one", 1, "gzip"],
    ["one for who does not take it", LEAST_COMPRESSED, undefined],
    ["one for who takes it only so far", LEAST_COMPRESSED, "gzip;q=0"],
  ])("%s is sent as it is", async (_, padding, encoding) => {
    const { said, rawPayload } = await get(padding, encoding);
    expect(said["content-encoding"]).toBeUndefined();
    expect(said["etag"]).toMatch(/^W\/"/);
    expect(JSON.parse(rawPayload.toString())).toEqual({ padding: "x".repeat(padding) });
  });
});
