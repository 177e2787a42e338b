import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Indexer, ServeOptions } from "../../../indexer/serve.ts";
import { serve } from "../../../indexer/serve.ts";
import { ENTRIES } from "../../support/indexerScript.ts";
import { startRpcServer } from "../../support/rpcServer.ts";
import type { ScriptedChain } from "../../support/scriptedChain.ts";
import { createScriptedChain } from "../../support/scriptedChain.ts";
import { FINALITY } from "../../support/scriptedFollower.ts";
import { CONTEST, FACTORY, REGISTRY } from "../../support/scriptedLogs.ts";
import { until } from "../../support/until.ts";
import { clientOf, indexed } from "./indexerLab.ts";

const HOUR_MS = 3_600_000;

let chain: ScriptedChain;
let rpc: Awaited<ReturnType<typeof startRpcServer>>;
let indexer: Indexer | undefined;
/** Milliseconds. */
let setForward = 0;

beforeEach(async () => {
  chain = createScriptedChain({ entries: ENTRIES, finality: FINALITY });
  rpc = await startRpcServer(chain);
  for (let block = 0; block < 30; block++) mine(block);
  // Only what says the time of day: what measures how long something takes is nothing that anybody sets.
  const real = Date.now;
  setForward = 0;
  vi.spyOn(Date, "now").mockImplementation(() => real() + setForward);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await indexer?.close();
  indexer = undefined;
  await rpc.close();
});

function mine(stake: number): void {
  chain.mine([{ voter: 1, entryId: 1, stake: BigInt(stake) }]);
}

async function start(more: Partial<ServeOptions> = {}): Promise<string> {
  const started = await serve({
    rpcUrls: [rpc.url],
    factory: FACTORY,
    nodeRegistry: REGISTRY,
    file: ":memory:",
    host: "127.0.0.1",
    port: 0,
    fromBlock: 0,
    finalityDepth: FINALITY,
    pollMs: 20,
    manifestBases: [],
    allowPrivate: true,
    log: pino({ level: "silent" }),
    ...more,
  });
  indexer = started;
  started.stopped.catch(() => {});
  await indexed(started.url, async () => chain.head());
  return started.url;
}

function jump(hours: number): void {
  setForward += hours * HOUR_MS;
}

describe.each([
  ["forward", 5],
  ["back", -5],
])("a clock that jumps %s by hours", (_, hours) => {
  test("changes no answer, makes nobody away, and what is new is told as before", async () => {
    // One look in a long while, so that the jump lies between two.
    const url = await start({ pollMs: 10_000 });
    const client = clientOf(url);
    const asked = { contest: CONTEST };
    const answers = () =>
      Promise.all([
        client.contests(),
        client.contest(asked),
        client.ranking(asked),
        client.history({ ...asked, buckets: 7 }),
        client.entry({ ...asked, id: 1 }),
        client.activity(asked),
        client.voters(asked),
        client.snapshot(asked),
      ]);
    const before = await answers();
    jump(hours);
    expect(await answers()).toEqual(before);
    expect((await client.ready()).reason).toBeNull();
  });

  test("does not change when an endpoint or a source is asked again", async () => {
    let asked = 0;
    const source = createServer((_request, response) => {
      asked += 1;
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => source.listen(0, "127.0.0.1", resolve));
    try {
      const url = await start({ manifestBases: [`http://127.0.0.1:${(source.address() as AddressInfo).port}`] });
      await until("the manifests to be asked for", () => asked >= ENTRIES);
      jump(hours);
      const known = asked;
      mine(1_000);
      await indexed(url, async () => chain.head());
      await until("the manifests to be asked for again", () => asked >= known + 2 * ENTRIES, 10_000);
    } finally {
      await new Promise((resolve) => source.close(resolve));
    }
  });

  test("does not keep the process that writes from telling those that read how it stands", async () => {
    const folder = mkdtempSync(join(tmpdir(), "coindrop-clock-"));
    const file = join(folder, "index.sqlite");
    try {
      await start({ file });
      const reader = new DatabaseSync(file, { readOnly: true });
      const said = () => reader.prepare(`SELECT "saidAt" FROM "writer"`).get()?.["saidAt"];
      const toldAgain = async () => {
        const before = said();
        await until("it to be told again", () => said() !== before, 10_000);
      };
      // When it starts there is news as well.
      for (let time = 0; time < 3; time++) await toldAgain();
      jump(hours);
      await toldAgain();
      await toldAgain();
      reader.close();
    } finally {
      await indexer?.close();
      indexer = undefined;
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("neither frees nor locks out who asked too much", async () => {
    const url = await start({ requestsPerMinute: 1_000 });
    const ask = async () => (await fetch(`${url}/v1/contests`)).status;
    for (let request = 0; request < 1_000; request++) {
      if (request % 10 === 0) jump(hours);
      if ((await ask()) === 429) break;
    }
    expect(await ask()).toBe(429);
    jump(hours);
    expect(await ask()).toBe(429);
  });
});
