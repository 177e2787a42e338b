import { existsSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Hex } from "viem";
import { parseEther } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { bareHex } from "#protocol/hashing.ts";
import { rankingAnswer, readyAnswer } from "#protocol/http.ts";
import { PROJECTION_VERSION } from "../../../indexer/store/projectionVersion.ts";
import { LAB_START, LAB_TIMES } from "../../support/contestLab.ts";
import { otherVersion } from "../../support/otherVersion.ts";
import { rightManifest } from "../../support/rightManifest.ts";
import { until } from "../../support/until.ts";
import { clientOf, indexed } from "./indexerLab.ts";
import { listen } from "./listen.ts";
import type { ProcessLab } from "./processLab.ts";
import { createProcessLab } from "./processLab.ts";

const OLD = PROJECTION_VERSION;
const NEW = OLD + 1;

let lab: ProcessLab;
let release: ReturnType<typeof otherVersion>;
/** A contest whose one entry has a manifest, and where the older version gets that: the new one is told of no such place. */
let described: Hex;
let library: Server;
/** Holds up the reading of logs while a build reads many blocks at once, so that a build takes as long as the test wants. */
let hold: PromiseWithResolvers<void> | undefined;

beforeAll(async () => {
  release = otherVersion(NEW);
  lab = await createProcessLab();
  await lab.drop(lab.alice, 1, parseEther("5"));
  const { hash, body } = rightManifest("Haiku");
  described = await createDescribed(hash);
  library = createServer(({ url }, response) => {
    const isThere = url === `/manifests/${bareHex(hash)}`;
    response.writeHead(isThere ? 200 : 404).end(isThere ? body : "");
  });
  await new Promise<void>((resolve) => library.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  hold = undefined;
  lab.rpc.intercept(async ({ method, params }, proceed) => {
    const [filter] = (params ?? []) as [{ fromBlock?: string }];
    // Only a build from the start reads more than one block at a time.
    if (method === "eth_getLogs" && filter?.fromBlock !== undefined) await hold?.promise;
    return proceed();
  });
});
afterAll(async () => {
  hold?.resolve();
  await lab?.close();
  await new Promise((resolve) => library.close(resolve));
  release.remove();
});

async function createDescribed(manifestHash: Hex): Promise<Hex> {
  const opens = LAB_START + LAB_TIMES.votesOpen + 100;
  const times = { entriesOpen: opens, votesOpen: opens + 1_000, countFrom: opens + 2_000, votesClose: opens + 3_000 };
  const { contest } = await lab.create({ ...lab.openRules, ...times });
  await lab.equip(lab.author, contest);
  await lab.chain.setNextTime(opens);
  const hashes = { manifestHash, modelSha256: manifestHash, modelRoot: manifestHash };
  const input = { ...hashes, modelSize: 1_234, manifestURI: "https://nowhere.invalid/manifest" };
  await lab.chain.write({
    ...{ from: lab.author, to: contest, abi: contestAbi, functionName: "submit" },
    args: [input, lab.openRules.declarationHash],
  } as never);
  return contest.toLowerCase() as Hex;
}

function start(version: number, db: string) {
  if (version === NEW) return lab.serveWriter(db, { main: release.main });
  const { port } = library.address() as AddressInfo;
  return lab.serveWriter(db, { more: ["--manifest-base", `http://127.0.0.1:${port}`, "--allow-private"] });
}

async function manifestAt(url: string): Promise<string> {
  return (await clientOf(url).entry({ contest: described, id: 1 })).entry.manifest.state;
}

const manifestFetched = (url: string) =>
  until("the manifest to be fetched", async () => (await manifestAt(url)) === "present");

async function prune(db: string): Promise<string> {
  const child = lab.start(["prune", "--db", db], release.main);
  const { code } = await child.ended;
  return `${code}: ${child.output()}${child.errors()}`;
}

const rankingOf = (url: string) => clientOf(url).ranking({ contest: lab.contest });
/** As it comes, with its headers. */
const rawRankingOf = (url: string) => fetch(`${url}/v1/contests/${lab.contest}/ranking`);

/** Asks for the ranking again and again, two at a time, until it is stopped. */
function hammer(url: string) {
  let stopped = false;
  const seen: { readonly version: string | null; readonly status: number; readonly block: number }[] = [];
  async function ask(): Promise<void> {
    // What an answer that came before the question said, it must not fall behind.
    while (!stopped) {
      const least = Math.max(0, ...seen.slice(-8).map(({ block }) => block));
      const response = await rawRankingOf(url);
      const body: unknown = await response.json();
      const block = response.ok ? rankingAnswer.parse(body).at.block.number : -1;
      if (block < least) throw new Error(`${response.status}, block ${block} after ${least}: ${JSON.stringify(body)}`);
      seen.push({ version: response.headers.get("projection-version"), status: response.status, block });
    }
  }
  const asking = Promise.all([ask(), ask()]);
  asking.catch(() => {});
  return {
    seen: seen as readonly (typeof seen)[number][],
    versionNow: () => Number(seen.at(-1)?.version),
    async stop() {
      stopped = true;
      await asking;
      return seen;
    },
  };
}

test("a new version in one process answers from the older one's rows, and switches without a refused question", async () => {
  const db = join(lab.folder, "one.sqlite");
  const old = start(OLD, db);
  await indexed(await old.ready, lab.headNumber);
  await manifestFetched(await old.ready);
  const before = await rankingOf(await old.ready);
  const heard = await listen(await old.ready);
  await lab.drop(lab.bob, 2, parseEther("1"));
  await indexed(await old.ready, lab.headNumber);
  const last = await until("an event", () => heard.heard.at(-1));
  await heard.close();
  // As a machine that loses power leaves it.
  old.kill("SIGKILL");
  await old.ended;
  const oldHead = await lab.headNumber();
  await lab.drop(lab.carol, 3, parseEther("2"));

  hold = Promise.withResolvers();
  const fresh = start(NEW, db);
  const url = await fresh.ready;
  const blows = hammer(url);
  await until("answers", () => blows.seen.length > 20);
  expect(blows.seen.at(-1)).toEqual({ version: String(OLD), status: 200, block: oldHead });
  const response = await fetch(`${url}/ready`);
  expect(response.status).toBe(503);
  const ready = readyAnswer.parse(await response.json());
  expect(ready).toMatchObject({ ready: false, older: { version: OLD, indexed: oldHead, building: NEW } });
  expect(ready.reason).toMatch(`Version ${NEW} is being built: block`);
  expect(ready.reason).toMatch(`version ${OLD} are served, as of block ${oldHead}`);
  expect(await prune(db)).toMatch(`1: indexer: Version ${NEW} is not complete yet`);
  const live = await listen(url, { lastEventId: last.id });

  hold.resolve();
  await until("the switch", () => blows.versionNow() === NEW);
  await indexed(url, lab.headNumber);
  expect(await manifestAt(url)).toBe("present");
  await live.next("rollback", ({ block }) => block.number === 0);
  await lab.drop(lab.alice, 3, parseEther("1"));
  const head = await lab.headNumber();
  await live.next("block", ({ block }) => block.number === head);
  await until("the newest block", () => blows.seen.at(-1)?.block === head);
  for (const { status } of await blows.stop()) expect(status).toBe(200);
  await live.close();
  // Whoever comes back with a place in the older version's stream is told to read everything anew.
  const resumed = await listen(url, { lastEventId: last.id });
  await resumed.next("rollback", ({ block }) => block.number === 0);
  await resumed.close();
  expect(await rankingOf(url)).not.toEqual(before);

  expect(await prune(db)).toBe(`0: ✓ removed ${db}\n`);
  expect([existsSync(db), existsSync(`${db}-wal`), existsSync(`${db}.v${NEW}`)]).toEqual([false, false, true]);
  await lab.end(fresh);
  hold = Promise.withResolvers();
  const again = start(NEW, db);
  expect((await indexed(await again.ready, lab.headNumber)).older).toBeUndefined();
  expect(await prune(db)).toBe("0: ✓ nothing older is there\n");
  await lab.end(again);
});

test("rows that the new version cannot read are not served: 503 with progress until its own are complete", async () => {
  const db = join(lab.folder, "changed.sqlite");
  const old = start(OLD, db);
  await indexed(await old.ready, lab.headNumber);
  await manifestFetched(await old.ready);
  await lab.end(old);
  const file = new DatabaseSync(db);
  file.exec(`ALTER TABLE "entries" RENAME COLUMN "support" TO "backing"`);
  file.close();

  hold = Promise.withResolvers();
  const fresh = start(NEW, db);
  const url = await fresh.ready;
  for (const path of [`/v1/contests/${lab.contest}/ranking`, "/v1/events"]) {
    const response = await fetch(url + path);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(JSON.stringify(await response.json())).toMatch(
      new RegExp(`Version ${NEW} is being built: block \\d+ of .*What version ${OLD} wrote cannot be read`),
    );
  }
  const ready = await clientOf(url).ready();
  expect(ready).toMatchObject({ ready: false, older: { version: OLD, indexed: null, building: NEW } });
  expect(await clientOf(url).health()).toEqual({ alive: true });
  hold.resolve();
  await indexed(url, lab.headNumber);
  await until("an answer", async () => (await rawRankingOf(url)).status === 200);
  // Manifests are of one kind in both.
  expect(await manifestAt(url)).toBe("present");
  await lab.end(fresh);
});

test("in one Postgres the older program goes on serving while the new one is built, and is stopped after", async () => {
  const db = await lab.postgres.database("versions");
  const old = start(OLD, db);
  const oldUrl = await old.ready;
  await indexed(oldUrl, lab.headNumber);
  await manifestFetched(oldUrl);
  hold = Promise.withResolvers();
  const [fresh, reader] = [start(NEW, db), lab.serveReader(db, { main: release.main })];
  const [url, readerUrl] = await Promise.all([fresh.ready, reader.ready]);
  const live = await listen(url);
  const blows = [hammer(oldUrl), hammer(url), hammer(readerUrl)];
  await until("answers", () => blows.every(({ seen }) => seen.length > 5));
  // What the older program writes meanwhile, the new one serves and tells.
  await lab.drop(lab.alice, 1, parseEther("1"));
  const during = await lab.headNumber();
  await until("all to have it", () => blows.every(({ seen }) => seen.at(-1)?.block === during));
  expect(blows.map(({ versionNow }) => versionNow())).toEqual([OLD, OLD, OLD]);
  await live.next("block", ({ block }) => block.number === during);
  expect((await clientOf(url).ready()).older).toEqual({ version: OLD, indexed: during, building: NEW });

  hold.resolve();
  await until("the switch", () => blows[1]?.versionNow() === NEW && blows[2]?.versionNow() === NEW);
  await Promise.all([indexed(url, lab.headNumber), indexed(readerUrl, lab.headNumber)]);
  expect(await manifestAt(url)).toBe("present");
  await live.next("rollback", ({ block }) => block.number === 0);
  expect(await prune(db)).toMatch(`1: indexer: An indexer is writing coindrop_${OLD}.`);
  await lab.drop(lab.bob, 1, parseEther("1"));
  await Promise.all([oldUrl, url, readerUrl].map((one) => indexed(one, lab.headNumber)));
  for (const blow of blows) for (const { status } of await blow.stop()) expect(status).toBe(200);
  expect(await rankingOf(url)).toEqual(await rankingOf(oldUrl));
  await lab.end(old);
  expect(await prune(db)).toBe(`0: ✓ removed coindrop_${OLD}\n`);
  await lab.drop(lab.carol, 1, parseEther("1"));
  const head = await lab.headNumber();
  await live.next("block", ({ block }) => block.number === head);
  await live.close();
  await lab.end(fresh, reader);
});
