import { join } from "node:path";
import { parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ready } from "#protocol/http.ts";
import { LAB_START } from "../../support/contestLab.ts";
import { startPostgres } from "../../support/postgres.ts";
import { startRpcServer } from "../../support/rpcServer.ts";
import { createSimulatedChain } from "../../support/simulatedChain.ts";
import { until } from "../../support/until.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { createIndexerLab, getJson, indexed } from "./indexerLab.ts";
import { startIndexerProcess } from "./indexerProcess.ts";
import { listen } from "./listen.ts";

let lab: IndexerLab;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let made = 0;
const own: ReturnType<typeof startIndexerProcess>[] = [];

beforeAll(async () => {
  [lab, postgres] = await Promise.all([createIndexerLab(), startPostgres()]);
});
afterAll(async () => {
  for (const child of own) child.kill("SIGKILL");
  await Promise.all(own.map(({ ended }) => ended));
  await lab.close();
  await postgres.close();
});

function start(...args: string[]) {
  const child = startIndexerProcess(["serve", "--log-level", "silent", ...args]);
  own.push(child);
  return child;
}

function startWriter(db: string, rpc = lab.rpc.url) {
  return start("--db", db, "--rpc", rpc, "--factory", lab.factory, "--node-registry", lab.nodeRegistry);
}

function ready(url: string, fits: (answer: Ready) => boolean): Promise<Ready> {
  return until("ready to say so", async () => {
    const answer = await getJson<Ready>(`${url}/ready`);
    return fits(answer) ? answer : undefined;
  });
}

describe.each([
  ["a file", async () => join(lab.folder, `readers_${++made}.sqlite`)],
  ["Postgres", () => postgres.database(`readers_${++made}`)],
])("processes that only read, of %s", (_, place) => {
  test("need no chain, answer as the one that writes does, and know head and lag from it", async () => {
    const db = await place();
    const readers = [start("--db", db, "--read-only"), start("--db", db, "--read-only")];
    const [url = "", other = ""] = await Promise.all(readers.map(({ ready }) => ready));
    const before = await getJson<Ready>(`${url}/ready`);
    expect(before).toEqual({
      ...{ ready: false, chainId: null, head: null, indexed: null, lag: null },
      reason: "No indexer of this version has written this database yet.",
    });
    const early = await fetch(`${url}/v1/contests`);
    expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);

    const writer = startWriter(db);
    const writerUrl = await writer.ready;
    for (const one of [writerUrl, url, other]) await indexed(one, lab.headNumber);
    const live = await listen(`${url}/v1/events`);
    await lab.drop(lab.alice, 1, parseEther("5"));
    const head = await lab.headNumber();
    await live.next("block", ({ block }) => block.number === head);
    await live.close();
    const said: Ready[] = [];
    for (const one of [writerUrl, url, other]) said.push(await indexed(one, lab.headNumber));
    expect(said[0]).toEqual({ ready: true, chainId: 31_337, head, indexed: head, lag: 0, reason: null });
    expect([said[1], said[2]]).toEqual([said[0], said[0]]);
    const ranking = `/v1/contests/${lab.contest}/ranking`;
    expect(await getJson(url + ranking)).toEqual(await getJson(writerUrl + ranking));

    // It sees a block and cannot read it.
    const released = Promise.withResolvers<void>();
    lab.rpc.intercept(async ({ method }, proceed) => {
      if (method === "eth_getLogs") await released.promise;
      return proceed();
    });
    await lab.drop(lab.bob, 2, parseEther("1"));
    const behind = { ready: false, chainId: 31_337, head: head + 1, indexed: head, lag: 1 };
    expect(await ready(url, (answer) => answer.lag === 1 && answer.head === head + 1)).toEqual({
      ...behind,
      reason: `Block ${head} of ${head + 1} is indexed.`,
    });
    released.resolve();
    await indexed(url, lab.headNumber);

    writer.kill("SIGKILL");
    await writer.ended;
    const alone = await ready(url, ({ ready }) => !ready);
    expect(alone).toMatchObject({ head: head + 1, indexed: head + 1 });
    expect(alone.reason).toBe("The process that writes the database does not speak.");
    expect((await fetch(url + ranking)).status).toBe(200);

    const again = startWriter(db);
    await lab.drop(lab.carol, 3, parseEther("1"));
    for (const one of [await again.ready, url, other]) await indexed(one, lab.headNumber);
    for (const child of [again, ...readers]) {
      child.kill("SIGTERM");
      expect(await child.ended).toEqual({ code: 0, signal: null });
    }
  });

  test("and those that would write refuse a database of another chain, by name", async () => {
    const db = await place();
    const writer = startWriter(db);
    await indexed(await writer.ready, lab.headNumber);
    const stranger = start("--db", db, "--read-only", "--chain-id", "1");
    expect(await stranger.ended).toEqual({ code: 1, signal: null });
    expect(stranger.errors()).toMatch(
      /The database belongs to another chain[\s\S]*chainId: 31337 in the database, 1 asked/,
    );

    const chain = await createSimulatedChain({ start: LAB_START + 1 });
    const rpc = await startRpcServer(chain.provider);
    const refusal =
      /The database belongs to another chain or other contracts\.[\s\S]*Database: [\s\S]*readers[\s\S]*hash of block 0: 0x[\da-f]+ in the database, 0x[\da-f]+ now[\s\S]*--db/;
    if (db.startsWith("postgres:")) {
      // While the right one writes: it must not even stand by.
      const standby = startWriter(db, rpc.url);
      expect(await standby.ended).toEqual({ code: 1, signal: null });
      expect(standby.errors()).toMatch(refusal);
    }
    writer.kill("SIGTERM");
    await writer.ended;
    const wrong = startWriter(db, rpc.url);
    expect(await wrong.ended).toEqual({ code: 1, signal: null });
    expect(wrong.errors()).toMatch(refusal);
    await rpc.close();
    await chain.close();
  });
});

test.each([
  [["--db", ":memory:", "--read-only"], "Nobody else can write a database in this process' memory."],
  [["--db", ":memory:"], "Give --rpc, --factory and --node-registry. Only --read-only goes without."],
])("what cannot be served is refused with a sentence: %s", async (args, sentence) => {
  const child = start(...args);
  expect(await child.ended).toEqual({ code: 1, signal: null });
  expect(child.errors()).toContain(sentence);
});
