import { readFileSync, writeFileSync } from "node:fs";
import type { Address } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addressOf } from "#protocol/addressOf.ts";
import type { Asked, EndpointName } from "#protocol/endpoints.ts";
import { endpoints } from "#protocol/endpoints.ts";
import { errorAnswer } from "#protocol/http.ts";
import { createIndexerClient, everyItem, type IndexerClient } from "#protocol/indexerClient.ts";
import { IndexerAwayError, IndexerRefusedError, NotFoundError } from "#protocol/indexerErrors.ts";
import { routes } from "#protocol/routes.ts";
import type { Answers } from "../../../indexer/api/createAnswers.ts";
import { createApi } from "../../../indexer/api/createApi.ts";
import type { Indexer } from "../../../indexer/serve.ts";
import type { Hub } from "../../../indexer/stream/hub.ts";
import { until } from "../../support/until.ts";
import { type WatchedRoutes, watchRoutes } from "../../support/watchRoutes.ts";
import { createFullLab } from "./fullLab.ts";
import { indexed } from "./indexerLab.ts";

const EXAMPLES = new URL("../../../indexer/api/examples.json", import.meta.url);
/** What each parameter may not be. */
const ADDRESS = ["0x12", "me", `0x${"g".repeat(40)}`];
const WHOLE = ["1.5", "1e3", "0x1", "-1", "+1", "01", "many", "99999999999"];
const WRONG: Readonly<Record<string, readonly string[]>> = {
  ...{ contest: ADDRESS, wallet: ADDRESS, after: ADDRESS, account: ADDRESS },
  ...{ id: [...WHOLE, "0", "65536"], entry: [...WHOLE, "", "0", "65536"], block: [...WHOLE, ""] },
  ...{ buckets: [...WHOLE, "1", "501"], limit: [...WHOLE, "0", "501"] },
  ...{ before: ["x", "1", "1-", "1-x"], search: ["a".repeat(201)], category: ["a".repeat(65)] },
};

const NAMES = Object.keys(endpoints) as EndpointName[];

describe("the client, asking a running indexer", () => {
  let lab: Awaited<ReturnType<typeof createFullLab>>;
  let running: WatchedRoutes & { readonly server: Indexer };
  let client: IndexerClient;
  let asked: { readonly [N in EndpointName]: Asked<N> };
  /** The last response as it came, before any reading of it. */
  let came: { readonly status: number; readonly text: string };
  const recording: typeof fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (!String(url).includes(routes.events)) came = { status: response.status, text: await response.clone().text() };
    return response;
  };

  beforeAll(async () => {
    lab = await createFullLab();
    running = await watchRoutes(() => lab.serve());
    const { url } = running.server;
    client = createIndexerClient({ url, retries: 0, fetch: recording });
    await indexed(url, lab.headNumber);
    const { contest, alice } = lab;
    const first = await until("the manifest", async () => {
      const { entry } = await client.entry({ contest, id: 1 });
      return entry.manifest.state === "present" ? entry.manifest.manifest : undefined;
    });
    const { at } = await client.contests();
    const { next } = await client.activity({ contest, limit: 1, entry: 1, account: alice });
    asked = {
      ...{ health: {}, ready: {}, metrics: {}, openapi: {}, contests: {}, contest: { contest } },
      entries: { contest, search: first.name, category: first.category },
      entry: { contest, id: 1 },
      ranking: { contest, block: at.block.number },
      history: { contest, buckets: 3 },
      voters: { contest, limit: 1, after: `0x${"0".repeat(39)}1`, entry: 1 },
      voter: { contest, wallet: alice },
      activity: { contest, limit: 1, entry: 1, account: alice, before: next ?? "" },
      snapshot: { contest, block: at.finalized },
      snapshotProof: { contest, id: 1, block: at.finalized },
      nodes: { contest, entry: 1 },
      events: { contest },
    };
  });
  afterAll(async () => {
    await running?.server.close();
    await lab?.close();
  });

  const ask = (name: Exclude<EndpointName, "events">) => client[name](asked[name] as never) as Promise<unknown>;

  test("has a function for every route, and every answer is what its shape says, no more and no less", async () => {
    expect([...running.served].sort()).toEqual(
      Object.values(routes)
        .map((url) => `GET ${url}`)
        .sort(),
    );
    running.asked.clear();
    for (const name of NAMES) {
      if (name === "events") continue;
      const answer = await ask(name);
      // Fields that the shape does not know would be missing here.
      expect(answer, name).toEqual(name === "metrics" ? came.text : JSON.parse(came.text));
    }
    for await (const { message } of client.events({ ...asked.events, lastEventId: "of-another-database" })) {
      expect(message.kind).toBe("rollback");
      break;
    }
    expect([...running.asked].sort()).toEqual([...running.served].sort());
  });

  test("finds in this contest something of everything", async () => {
    const { contest } = lab;
    const { nodes } = await client.nodes({ contest });
    expect(nodes).toMatchObject([
      { attestations: [{}], slashings: [{ fault: "falseAttestation" }], blockChallenges: [{}] },
    ]);
    const { entries } = await client.entries({ contest });
    expect(entries.map(({ status, challenges }) => [status, challenges.length])).toEqual([
      ["live", 0],
      ["challenged", 1],
    ]);
    const { rows } = await client.ranking({ contest });
    expect(rows.map(({ entryId, rank }) => [entryId, rank])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const voters = await Array.fromAsync(
      everyItem((after: Address | undefined) => client.voters({ contest, limit: 1, after })),
    );
    expect(voters).toEqual((await client.voters({ contest })).items);
    expect(voters).toHaveLength(2);
    const kinds = await Array.fromAsync(
      everyItem((before: string | undefined) => client.activity({ contest, limit: 2, before })),
    );
    expect(kinds).toEqual((await client.activity({ contest })).items);
  });

  test("the description's examples are what this server answers", async () => {
    const now = await realExamples();
    if (process.env["UPDATE"] === "1") writeFileSync(EXAMPLES, `${JSON.stringify(now, null, 2)}\n`);
    const kept = JSON.parse(readFileSync(EXAMPLES, "utf8")) as unknown;
    expect(outline(kept), "run this test with UPDATE=1 to write indexer/api/examples.json anew").toEqual(outline(now));
  });

  async function realExamples() {
    const answers: Record<string, unknown> = {};
    for (const name of NAMES) {
      if (name === "events") continue;
      const answer = await ask(name);
      const told = /(# HELP coindrop_indexer_(?:head|lag)_blocks?.*\n(?:.*\n){2})/g;
      answers[name] = {
        asked: asked[name],
        ...(name !== "openapi" && { answer: name === "metrics" ? came.text.match(told)?.join("") : answer }),
      };
    }
    const stop = new AbortController();
    const heard = client.events({ ...asked.events, signal: stop.signal });
    const next = heard.next();
    await until("the listener", async () => (await client.metrics()).includes("listeners 1"));
    await lab.drop(lab.alice, 1, "1");
    const { value } = await next;
    stop.abort();
    answers["events"] = { asked: asked.events, lastEventId: value?.id, answer: value?.message };
    await indexed(running.server.url, lab.headNumber);

    const refused = async (server: { readonly url: string }, path: string) => {
      const response = await fetch(`${server.url}${path}`);
      return { status: response.status, body: (await response.json()) as unknown };
    };
    const strict = await lab.serve({ file: ":memory:", requestsPerMinute: 1 });
    const away = await lab.serve({ file: ":memory:", rpcUrls: ["http://127.0.0.1:1"] });
    const broken = await brokenApi();
    try {
      await fetch(`${strict.url}${routes.ready}`);
      const all = {
        400: await refused(running.server, `/v1/contests/${lab.contest}/ranking?block=latest`),
        404: await refused(running.server, `/v1/contests/${lab.contest}/entries/9`),
        429: await refused(strict, routes.nodes),
        500: await refused(broken, routes.nodes),
        503: await refused(away, routes.nodes),
        listeners: await refused(broken, routes.events),
      };
      expect(Object.values(all).map(({ status }) => status)).toEqual([400, 404, 429, 500, 503, 503]);
      const ready = { ...(answers["ready"] as object), notReady: (await refused(away, routes.ready)).body };
      const refusals = Object.fromEntries(Object.entries(all).map(([name, { body }]) => [name, body]));
      return { answers: { ...answers, ready }, refusals };
    } finally {
      await Promise.all([strict.close(), away.close(), broken.close()]);
    }
  }

  test("an answer that still holds is not sent again, and the oldest kept one is forgotten first", async () => {
    const statuses: number[] = [];
    const counting: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      statuses.push(response.status);
      return response;
    };
    const thrifty = createIndexerClient({ url: running.server.url, keep: 2, fetch: counting });
    const { contest } = lab;
    const first = await thrifty.ranking({ contest });
    expect(await thrifty.ranking({ contest })).toBe(first);
    await thrifty.voters({ contest });
    await thrifty.nodes();
    expect(await thrifty.ranking({ contest })).toEqual(first);
    await lab.drop(lab.alice, 1, "1");
    await indexed(running.server.url, lab.headNumber);
    const { at } = await thrifty.ranking({ contest });
    expect(at.block.number).toBeGreaterThan(first.at.block.number);
    expect(statuses).toEqual([200, 304, 200, 200, 200, 200]);
  });

  test("what is refused says which parameter, which status and what to do", async () => {
    const { contest } = lab;
    const bad = await client.ranking({ contest, block: -1 }).catch((error: unknown) => error);
    expect(bad).toBeInstanceOf(IndexerRefusedError);
    expect(bad).toMatchObject({ status: 400, parameter: "block" });
    expect(String(bad)).toContain('To do: put the parameter "block" right');
    const none = await client.entry({ contest, id: 9 }).catch((error: unknown) => error);
    expect(none).toBeInstanceOf(NotFoundError);
    expect(none).toMatchObject({
      status: 404,
      parameter: undefined,
      shortMessage: expect.stringContaining("no entry 9"),
    });
  });

  test("every parameter of every route is refused by its name where it is not what it must be", async () => {
    let refused = 0;
    for (const name of NAMES) {
      const { params, query } = endpoints[name];
      const good = asked[name] as Readonly<Record<string, unknown>>;
      const cases = Object.keys({ ...params.shape, ...query.shape }).flatMap((parameter) => {
        const values = WRONG[parameter];
        if (values === undefined) throw new Error(`say here what ${parameter} may not be`);
        const twice = `${new URLSearchParams([1, 2].map(() => [parameter, String(good[parameter])]))}`;
        return [
          ...values.map((value) => ({ parameter, path: addressOf(name, { ...good, [parameter]: value } as never) })),
          ...(parameter in query.shape ? [{ parameter, path: `${pathOf(name)}?${twice}` }] : []),
        ];
      });
      const isAsked = name !== "health" && name !== "ready" && name !== "metrics" && name !== "openapi";
      for (const { parameter, path } of isAsked
        ? [...cases, { parameter: "blok", path: `${pathOf(name)}?blok=1` }]
        : []) {
        const response = await fetch(`${running.server.url}${path}`);
        expect(response.status, path).toBe(400);
        const { error } = errorAnswer.parse(await response.json());
        expect(error.parameter, path).toBe(parameter);
        expect(error.message, path).toMatch(new RegExp(`^The parameter "${parameter}" is not valid: [^A-Z].*\\.$`));
        refused += 1;
      }
    }
    // A hundred questions and some.
    expect(refused).toBeGreaterThan(100);
  });

  /** A route's path for this contest, without a query. */
  const pathOf = (name: EndpointName) => addressOf(name, asked[name] as never).split("?")[0];

  test("one that is not ready says how far it is, and a question to it may be asked again", async () => {
    const away = await lab.serve({ file: ":memory:", rpcUrls: ["http://127.0.0.1:1"] });
    const asking = createIndexerClient({ url: away.url, retries: 0 });
    expect(await asking.ready()).toMatchObject({ ready: false, indexed: null });
    const error = await asking.contests().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IndexerAwayError);
    expect(error).toMatchObject({ status: 503, retryAfterMs: 1_000 });
    await away.close();
    const silent = await asking.contests().catch((thrown: unknown) => thrown);
    expect(silent).toMatchObject({ status: null, shortMessage: "The indexer did not answer." });
  });
});

/** The API of an indexer in which everything fails and that takes no listeners. */
async function brokenApi() {
  const fail = async () => {
    throw new Error("a disk fell out");
  };
  const app = await createApi({
    answers: { nodes: fail } as unknown as Answers,
    read: (look) => look({} as never, 1),
    hub: { hasRoom: () => false } as Hub,
    ...{ ready: fail, vitals: fail, requestsPerMinute: 0, proxies: 0, onError: () => {} },
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url, close: () => app.close() };
}

/** What is in a value, without the values: names and kinds; of a list its first item. */
function outline(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(outline);
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, outline(inner)]));
}
