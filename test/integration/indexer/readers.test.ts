import { join } from "node:path";
import { parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ready } from "#protocol/http.ts";
import { LAB_START } from "../../support/contestLab.ts";
import { startRpcServer } from "../../support/rpcServer.ts";
import { createSimulatedChain } from "../../support/simulatedChain.ts";
import { until } from "../../support/until.ts";
import { clientOf, indexed } from "./indexerLab.ts";
import { listen } from "./listen.ts";
import type { ProcessLab } from "./processLab.ts";
import { createProcessLab } from "./processLab.ts";

let lab: ProcessLab;
let made = 0;

beforeAll(async () => {
  lab = await createProcessLab();
});
afterAll(() => lab?.close());

function ready(url: string, fits: (answer: Ready) => boolean): Promise<Ready> {
  return until("ready to say so", async () => {
    const answer = await clientOf(url).ready();
    return fits(answer) ? answer : undefined;
  });
}

describe.each([
  ["a file", async () => join(lab.folder, `readers_${++made}.sqlite`)],
  ["Postgres", () => lab.postgres.database(`readers_${++made}`)],
])("processes that only read, of %s", (_, place) => {
  test("need no chain, answer as the one that writes does, and know head and lag from it", async () => {
    const db = await place();
    const readers = [lab.serveReader(db), lab.serveReader(db)];
    const [url = "", other = ""] = await Promise.all(readers.map(({ ready }) => ready));
    const before = await clientOf(url).ready();
    expect(before).toEqual({
      ...{ ready: false, chainId: null, head: null, indexed: null, lag: null },
      reason: "No indexer of this version has written this database yet.",
    });
    const early = await fetch(`${url}/v1/contests`);
    expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);

    const writer = lab.serveWriter(db);
    const writerUrl = await writer.ready;
    for (const one of [writerUrl, url, other]) await indexed(one, lab.headNumber);
    const live = await listen(url);
    await lab.drop(lab.alice, 1, parseEther("5"));
    const head = await lab.headNumber();
    await live.next("block", ({ block }) => block.number === head);
    await live.close();
    const said: Ready[] = [];
    for (const one of [writerUrl, url, other]) said.push(await indexed(one, lab.headNumber));
    expect(said[0]).toEqual({ ready: true, chainId: 31_337, head, indexed: head, lag: 0, reason: null });
    expect([said[1], said[2]]).toEqual([said[0], said[0]]);
    const ranking = (one: string) => clientOf(one).ranking({ contest: lab.contest });
    expect(await ranking(url)).toEqual(await ranking(writerUrl));

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
    expect((await ranking(url)).at.block.number).toBe(head + 1);

    const again = lab.serveWriter(db);
    await lab.drop(lab.carol, 3, parseEther("1"));
    for (const one of [await again.ready, url, other]) await indexed(one, lab.headNumber);
    await lab.end(again, ...readers);
  });

  test("and those that would write refuse a database of another chain, by name", async () => {
    const db = await place();
    const writer = lab.serveWriter(db);
    await indexed(await writer.ready, lab.headNumber);
    const stranger = lab.serve(["--db", db, "--read-only", "--chain-id", "1"]);
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
      const standby = lab.serveWriter(db, { rpc: rpc.url });
      expect(await standby.ended).toEqual({ code: 1, signal: null });
      expect(standby.errors()).toMatch(refusal);
    }
    await lab.end(writer);
    const wrong = lab.serveWriter(db, { rpc: rpc.url });
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
  const child = lab.serve(args);
  expect(await child.ended).toEqual({ code: 1, signal: null });
  expect(child.errors()).toContain(sentence);
});
