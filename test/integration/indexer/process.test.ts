import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RpcFault } from "../../support/rpcServer.ts";
import { until } from "../../support/until.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { clientOf, createIndexerLab, indexed } from "./indexerLab.ts";
import { startIndexerProcess } from "./indexerProcess.ts";
import { readIndex } from "./openIndex.ts";

/** Here on a real chain; `npm run fuzz:indexer` kills it far more often, see killedScripts.test.ts. */
const KILLS = 6;

let lab: IndexerLab;
const own: { kill: (signal: NodeJS.Signals) => boolean; ended: Promise<unknown> }[] = [];

beforeAll(async () => {
  lab = await createIndexerLab();
});
afterAll(async () => {
  for (const child of own) child.kill("SIGKILL");
  await Promise.all(own.map(({ ended }) => ended));
  await lab.close();
});

function start(options: Record<string, string>, ...flags: readonly string[]) {
  const given = {
    rpc: lab.rpc.url,
    factory: lab.factory,
    "node-registry": lab.nodeRegistry,
    db: join(lab.folder, "process.sqlite"),
    "log-level": "silent",
    ...options,
  };
  const child = startIndexerProcess([
    "serve",
    ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]),
    ...flags,
  ]);
  own.push(child);
  return child;
}

describe("killed without warning", () => {
  test("at random moments, reorgs in between, it ends with what a fresh fold gives", async () => {
    const db = join(lab.folder, "killed.sqlite");
    const finality = { "finality-depth": "12" };
    let read = 0;
    // Narrow ranges, so that there are many commits to be killed between and inside of.
    lab.rpc.intercept(({ method, params }, proceed) => {
      const [filter] = (params ?? []) as [{ fromBlock?: string; toBlock?: string }];
      const wide = method === "eth_getLogs" && filter?.fromBlock !== undefined;
      if (wide && Number(filter.toBlock) - Number(filter.fromBlock) > 5) throw new RpcFault(-32005, "too wide");
      if (method === "eth_getLogs") read += 1;
      return proceed();
    });
    const voters = [lab.alice, lab.bob, lab.carol];
    for (let round = 0; round < 40; round++) {
      await lab.drop(voters[round % 3] ?? lab.alice, (round % 3) + 1, parseEther(String(1 + (round % 7))));
    }

    const seen: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const child = start({ db, ...finality });
      const url = await child.ready;
      const fork = await lab.request("evm_snapshot");
      // It dies after it read a random number of ranges, however busy the machine is, and a moment within the next.
      const last = read + 1 + Math.floor(Math.random() * 8);
      for (let drop = 0; drop < 10; drop++) {
        await lab.drop(voters[drop % 3] ?? lab.alice, ((drop + kill) % 3) + 1, parseEther("1"));
        if (drop === 7 && kill % 2 === 1) {
          await lab.request("evm_revert", [fork]);
          await lab.withdraw(lab.alice, 1, 1n);
        }
      }
      await until(
        "the last range it reads",
        () => read >= last || lab.headNumber().then(async (head) => (await clientOf(url).ready()).indexed === head),
      );
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      child.kill("SIGKILL");
      expect((await child.ended) as object).toEqual({ code: null, signal: "SIGKILL" });
      seen.push(((await readIndex(db))["activity"] ?? []).length);
    }

    const last = start({ db, ...finality });
    await indexed(await last.ready, lab.headNumber);
    const fresh = join(lab.folder, "fresh.sqlite");
    const other = start({ db: fresh, ...finality });
    await indexed(await other.ready, lab.headNumber);
    for (const child of [last, other]) {
      child.kill("SIGTERM");
      expect((await child.ended) as object).toEqual({ code: 0, signal: null });
    }
    expect(await readIndex(db)).toEqual(await readIndex(fresh));
    // The kills hit it while it was at work, not only before or after.
    expect(new Set(seen).size).toBeGreaterThan(KILLS / 3);
  });
});

describe("from the command line", () => {
  test("stops when its parent goes away", async () => {
    const child = start({});
    await child.ready;
    child.disconnect();
    expect((await child.ended) as object).toEqual({ code: 0, signal: null });
  });

  test("prints one line when it listens", async () => {
    const child = start({});
    const url = await child.ready;
    expect(child.output()).toBe(`{"ready":true,"url":"${url}"}\n`);
    child.kill("SIGTERM");
    await child.ended;
  });

  test("a taken port is named, with what to do", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port } = holder.address() as AddressInfo;
    const child = start({ port: String(port) });
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.errors()).toContain(`Port ${port} on 127.0.0.1 is taken.\n`);
    expect(child.errors()).toContain("--port");
    await new Promise((resolve) => holder.close(resolve));
  });

  test("a damaged database is named and kept", async () => {
    const db = join(lab.folder, "damaged.sqlite");
    writeFileSync(db, "this is no database, and was one never".repeat(100));
    const child = start({ db });
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.errors()).toMatch(
      /The database file cannot be read[\s\S]*damaged\.sqlite[\s\S]*--resync[\s\S]*move .* away/,
    );
    expect(readFileSync(db, "utf8")).toContain("this is no database");
  });

  test("a database damaged in the middle is found out before it serves", async () => {
    const db = join(lab.folder, "bitten.sqlite");
    const child = start({ db });
    await indexed(await child.ready, lab.headNumber);
    child.kill("SIGTERM");
    await child.ended;
    const bytes = readFileSync(db);
    for (let page = 4096; page < bytes.length; page += 4096) bytes.fill(0xaa, page, page + 64);
    writeFileSync(db, bytes);
    const again = start({ db });
    expect(await again.ended).toEqual({ code: 1, signal: null });
    expect(again.errors()).toContain("The database file cannot be read.");
    const mended = start({ db }, "--resync");
    await indexed(await mended.ready, lab.headNumber);
    const [kept] = readdirSync(lab.folder).filter((name) => /^bitten\.sqlite\.damaged-[\dTZ-]+$/.test(name));
    expect(readFileSync(join(lab.folder, kept ?? ""))).toEqual(bytes);
    mended.kill("SIGTERM");
    await mended.ended;
  });

  test("another chain id than asked for is refused", async () => {
    const child = start({ "chain-id": "1", db: join(lab.folder, "one.sqlite") });
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.errors()).toContain("The endpoint is on chain 31337, not on 1.");
  });

  test.each([
    ["factory", "0x12", "factory: expected an address"],
    ["finality-depth", "few", "finalityDepth: "],
  ])("a wrong --%s is named", async (name, value, message) => {
    const child = start({ [name]: value });
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.errors()).toContain(message);
  });
});
