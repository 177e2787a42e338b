import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ENTRIES } from "../../support/indexerScript.ts";
import { mountOwnDisk } from "../../support/ownDisk.ts";
import { startRpcServer } from "../../support/rpcServer.ts";
import { mustAgree } from "../../support/scriptBooks.ts";
import type { ScriptedChain } from "../../support/scriptedChain.ts";
import { createScriptedChain } from "../../support/scriptedChain.ts";
import { FINALITY } from "../../support/scriptedFollower.ts";
import { until } from "../../support/until.ts";
import { clientOf, indexed } from "./indexerLab.ts";
import { listen } from "./listen.ts";
import { readIndex } from "./openIndex.ts";
import { startScripted } from "./scriptedProcess.ts";

type Child = ReturnType<typeof startScripted>;

let folder: string;
let chain: ScriptedChain;
let rpc: Awaited<ReturnType<typeof startRpcServer>>;
let closing: (() => unknown)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "coindrop-machine-"));
  chain = createScriptedChain({ entries: ENTRIES, finality: FINALITY });
  rpc = await startRpcServer(chain);
  closing = [];
  mine(30);
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  await rpc.close();
  rmSync(folder, { recursive: true, force: true });
});

let moves = 0;
function mine(blocks: number): void {
  for (let block = 0; block < blocks; block++) {
    const all = Array.from({ length: 5 }, () => {
      moves += 1;
      return { voter: moves % 1_000, entryId: 1 + (moves % ENTRIES), stake: BigInt(moves) * 10n ** 18n };
    });
    chain.mine(all);
  }
}

function start(db: string, under: readonly string[] = []): Child {
  const child = startScripted({ rpc: rpc.url, db }, under);
  closing.push(() => {
    child.kill("SIGKILL");
    return child.ended;
  });
  return child;
}

async function stop(child: Child): Promise<void> {
  child.kill("SIGTERM");
  expect(await child.ended).toEqual({ code: 0, signal: null });
}

const head = async () => chain.head();
const reasonOf = async (url: string) => (await clientOf(url).ready()).reason;
const timesLogged = (child: Child, words: string) =>
  child
    .errors()
    .split("\n")
    .filter((line) => line.includes(words)).length;

/** Starts one that goes on until it has everything. */
async function goOn(db: string, under: readonly string[] = []): Promise<void> {
  const child = start(db, under);
  await indexed(await child.ready, head);
  await stop(child);
}

/** Copied out of the disk first: SQLite goes by the path, which leads elsewhere here. */
async function readFrom(seenDb: string) {
  const copy = mkdtempSync(join(tmpdir(), "coindrop-copy-"));
  closing.push(() => rmSync(copy, { recursive: true }));
  for (const end of ["", "-wal"]) if (existsSync(seenDb + end)) copyFileSync(seenDb + end, join(copy, `index${end}`));
  return readIndex(join(copy, "index"));
}

/** Leaves the test out, with the reason, where this machine does not have or permit what it needs. */
function needs(context: TestContext, what: string, probe: readonly [string, ...string[]]): void {
  const [program, ...args] = probe;
  try {
    execFileSync(program, args, { stdio: "pipe" });
  } catch (error) {
    context.skip(`it needs ${what}: ${(error as Error).message.trim().split("\n").at(-1)}`);
  }
}

async function ownDisk(context: TestContext, options: string) {
  needs(context, "a mount of its own", ["unshare", process.getuid?.() === 0 ? "-m" : "-mr", "true"]);
  const disk = await mountOwnDisk(folder, options).catch((error: unknown) =>
    context.skip(`it needs a disk of its own: ${(error as Error).message}`),
  );
  closing.push(disk.close);
  return { ...disk, db: join(folder, "index.sqlite"), seenDb: join(disk.seenAt, "index.sqlite") };
}

describe("a disk", () => {
  test("that is full is waited out: what is there is served, the log says so once, and nothing is lost", async (context) => {
    const disk = await ownDisk(context, "size=2m");
    const child = start(disk.db, disk.under);
    const url = await child.ready;
    await indexed(url, head);
    const full = "There is no room left for the database.";
    await until("the disk to be full", async () => {
      mine(30);
      return (await reasonOf(url)) === full;
    });
    const served = await clientOf(url).ready();
    expect(served.indexed).toBeGreaterThan(30);
    const before = rpc.asked();
    await until("more tries", () => rpc.asked() > before + 10);
    expect(await reasonOf(url)).toBe(full);
    expect(timesLogged(child, full)).toBe(1);
    disk.remount("size=100m");
    await indexed(url, head);
    await stop(child);
    await mustAgree(await readFrom(disk.seenDb), chain);
  });

  test("that is full when it starts", async (context) => {
    const disk = await ownDisk(context, "size=16k");
    const child = start(disk.db, disk.under);
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.errors()).toMatch(/There is no room left for the database[\s\S]*index\.sqlite/);
    expect(child.errors()).not.toContain("--resync");
    disk.remount("size=100m");
    await goOn(disk.db, disk.under);
    await mustAgree(await readFrom(disk.seenDb), chain);
  });

  test("that is read-only is named, nothing on it is touched, and it goes on where it was", async (context) => {
    const disk = await ownDisk(context, "size=100m");
    const child = start(disk.db, disk.under);
    await indexed(await child.ready, head);
    await stop(child);
    const kept = readFileSync(disk.seenDb);
    disk.remount("ro");
    mine(10);
    for (const flags of [[], ["--resync"]]) {
      const refused = startScripted({ rpc: rpc.url, db: disk.db }, disk.under, flags);
      expect(await refused.ended).toEqual({ code: 1, signal: null });
      expect(refused.errors()).toMatch(
        /The database cannot be written here[\s\S]*read-only[\s\S]*another file with --db/,
      );
      expect(refused.errors()).not.toContain("--resync");
    }
    expect(readFileSync(disk.seenDb)).toEqual(kept);
    disk.remount("rw");
    await goOn(disk.db, disk.under);
    await mustAgree(await readFrom(disk.seenDb), chain);
  });

  test("on which a file may not grow further stops it with a sentence, and nothing is lost", async (context) => {
    needs(context, "prlimit", ["prlimit", "--fsize=1000000", "true"]);
    const db = join(folder, "small.sqlite");
    const child = start(db, ["prlimit", "--fsize=400000"]);
    await child.ready;
    await until("it to stop", () => {
      mine(30);
      return child.hasEnded();
    });
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.errors()).toMatch(/The database file cannot be written[\s\S]*small\.sqlite[\s\S]*disk I\/O error/);
    await goOn(db);
    await mustAgree(await readIndex(db), chain);
  });
});

test("more connections than it has open files for are refused, the log says so once, and indexing goes on", async (context) => {
  needs(context, "prlimit", ["prlimit", "--nofile=200", "true"]);
  const child = start(join(folder, "many.sqlite"), ["prlimit", "--nofile=160"]);
  const url = await child.ready;
  await indexed(url, head);
  const early = await listen(url);
  closing.push(early.close);
  const sockets: Socket[] = [];
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  let [closed, answered] = [0, 0];
  for (let caller = 0; caller < 300; caller++) {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => {});
    socket.once("close", () => {
      closed += 1;
    });
    socket.once("data", () => {
      answered += 1;
    });
    socket.write("GET /v1/events HTTP/1.1\r\nHost: indexer\r\n\r\n");
    sockets.push(socket);
  }
  await until("all to be answered or refused", () => closed + answered >= 300);
  expect(closed).toBeGreaterThan(200);
  expect(answered).toBeGreaterThan(10);
  mine(20);
  const newest = chain.head();
  await early.next("block", ({ block }) => block.number === newest);
  expect(timesLogged(child, "more connections than this process may open files for")).toBe(1);
  for (const socket of sockets) socket.destroy();
  await until("it to answer again", () =>
    clientOf(url)
      .ready()
      .then(
        ({ indexed: block }) => block === newest,
        () => false,
      ),
  );
  await early.close();
  await stop(child);
  await mustAgree(await readIndex(join(folder, "many.sqlite")), chain);
});
