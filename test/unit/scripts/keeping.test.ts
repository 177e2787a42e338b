import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { withLock } from "../../../scripts/setup/withLock.js";
import { freePort } from "../../../scripts/start/freePort.ts";
import { keepRunning } from "../../../scripts/start/keepRunning.ts";
import { createLifetime } from "../../../scripts/start/lifetime.ts";
import { becomeOnlyOne } from "../../../scripts/start/onlyOne.ts";
import { startService } from "../../../scripts/start/service.ts";
import { until } from "../../support/until.ts";

const folder = mkdtempSync(path.join(tmpdir(), "coindrop-keeping-"));
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const logFile = path.join(folder, "test.log");

function program(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}
const spec = (file: string) => ({ name: "the thing", file, args: [], logFile });
const STAYS =
  'console.log(JSON.stringify({ pid: process.pid })); process.on("disconnect", () => process.exit()); setInterval(() => {}, 1000);';

describe("services", () => {
  test("one that ends before it is ready says its last words", async () => {
    const { ready } = startService(spec(program("dies.mjs", 'console.error("no port is free"); process.exit(3);')));
    await expect(ready).rejects.toThrow(/the thing ended before it was ready \(exit code 3\)\.\n {2}no port is free/);
  });

  test("what it prints beside its line of facts goes to its log", async () => {
    const { ready, exited } = startService(
      spec(
        program(
          "talks.mjs",
          'console.log("hello"); console.log(JSON.stringify({ url: "here" })); console.log("later");',
        ),
      ),
    );
    expect(await ready).toEqual({ url: "here" });
    await exited;
    await until("the log", () => readFileSync(logFile, "utf8").includes("hello\nlater\n"));
  });

  test("one that dies is started again; stopping it is no death", async () => {
    const said: string[] = [];
    const kept = keepRunning(spec(program("stays.mjs", STAYS)), {
      say: (sentence) => said.push(sentence),
      onDeath: "restart",
    });
    const { pid } = await kept.ready;
    process.kill(Number(pid), "SIGKILL");
    await until("it to be back", () => said.includes("the thing is back."));
    expect(said[0]).toContain("the thing ended unexpectedly (killed by SIGKILL); starting it again in 0.5 s.");
    await kept.stop();
    expect(said).toHaveLength(2);
  });

  test("one that ignores SIGTERM is ended all the same", async () => {
    const kept = keepRunning(spec(program("deaf.mjs", `process.on("SIGTERM", () => {}); ${STAYS}`)), {
      say: () => {},
      onDeath: "restart",
    });
    const { pid } = await kept.ready;
    await kept.stop();
    expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH");
  });
});

describe("only one start in a folder", () => {
  test("the second learns where the first runs; after its release there is a first again", () => {
    const note = path.join(folder, "start.json");
    const first = becomeOnlyOne(note);
    if (!first.isFirst) throw new Error("there was no other");
    first.tellAddress("http://127.0.0.1:4747");
    expect(becomeOnlyOne(note)).toMatchObject({
      isFirst: false,
      other: { pid: process.pid, appUrl: "http://127.0.0.1:4747" },
    });
    first.release();
    expect(existsSync(note)).toBe(false);
  });

  test.each([
    ["of a process that is gone", JSON.stringify({ pid: 2 ** 22 + 1, born: null, appUrl: null }), 0],
    [
      "that shows no life for long, where nobody knows when its process was born",
      JSON.stringify({ pid: process.pid, born: null, appUrl: null }),
      3_600,
    ],
    ["that a crash left half written", '{"pid":', 0],
  ])("a note %s is taken over", (_, text, age) => {
    const note = path.join(folder, "stale.json");
    writeFileSync(note, text);
    const then = Date.now() / 1_000 - age;
    utimesSync(note, then, then);
    const only = becomeOnlyOne(note);
    expect(only.isFirst).toBe(true);
    if (only.isFirst) only.release();
  });

  test.runIf(process.platform !== "win32")(
    "a process with the number of the first, born later, is not the first",
    () => {
      const note = path.join(folder, "reused.json");
      writeFileSync(note, JSON.stringify({ pid: process.pid, born: "another time", appUrl: null }));
      const only = becomeOnlyOne(note);
      expect(only.isFirst).toBe(true);
      if (only.isFirst) only.release();
    },
  );

  test.runIf(process.platform !== "win32")("the first stays it while the machine sleeps", () => {
    const note = path.join(folder, "asleep.json");
    const first = becomeOnlyOne(note);
    const hourAgo = Date.now() / 1_000 - 3_600;
    utimesSync(note, hourAgo, hourAgo);
    expect(becomeOnlyOne(note).isFirst).toBe(false);
    if (first.isFirst) first.release();
  });

  test("the first lives on without its note, and leaves another's alone", () => {
    vi.useFakeTimers();
    const state = path.join(folder, "state");
    const note = path.join(state, "start.json");
    const first = becomeOnlyOne(note);
    if (!first.isFirst) throw new Error("there was no other");
    rmSync(state, { recursive: true });
    vi.advanceTimersByTime(20_000);
    first.tellAddress("http://127.0.0.1:4747");
    mkdirSync(state);
    writeFileSync(note, JSON.stringify({ pid: 1, born: null, appUrl: null }));
    first.tellAddress("http://127.0.0.1:4747");
    first.release();
    expect(readFileSync(note, "utf8")).toContain('"pid":1');
  });
});

describe("one set-up at a time", () => {
  test("it lives on without its lock, and leaves another's alone", async () => {
    vi.useFakeTimers();
    const root = path.join(folder, "root");
    const lock = path.join(root, ".coindrop", "setup.lock");
    await withLock(root, async () => {
      rmSync(path.dirname(lock), { recursive: true });
      vi.advanceTimersByTime(20_000);
      mkdirSync(path.dirname(lock));
      writeFileSync(lock, "another's");
    });
    expect(readFileSync(lock, "utf8")).toBe("another's");
    rmSync(path.dirname(lock), { recursive: true });
    await withLock(root, async () => rmSync(path.dirname(lock), { recursive: true }));
  });

  test("it leaves no lock behind", async () => {
    const root = path.join(folder, "tidy");
    await withLock(root, async () => {});
    expect(existsSync(path.join(root, ".coindrop", "setup.lock"))).toBe(false);
  });
});

test("a taken port and one promised to somebody else are passed over", async () => {
  const squatter = createServer();
  const port = await new Promise<number>((resolve) => {
    squatter.listen(0, "127.0.0.1", () => resolve((squatter.address() as { port: number }).port));
  });
  const taken = new Set([port + 1]);
  const free = await freePort(port, taken);
  expect(free).toBeGreaterThanOrEqual(port + 2);
  expect(taken.has(free)).toBe(true);
  await new Promise((resolve) => squatter.close(resolve));
});

describe("a lifetime", () => {
  test("ends the last adopted first, one after the other, whatever fails", async () => {
    const ended: string[] = [];
    const lifetime = createLifetime();
    lifetime.adopt(async () => ended.push("chain"));
    lifetime.adopt(async () => {
      throw new Error("stuck");
    });
    lifetime.adopt(async () => ended.push("node"));
    await Promise.all([lifetime.end(), lifetime.end()]);
    expect(ended).toEqual(["node", "chain"]);
    expect(lifetime.signal.aborted).toBe(true);
  });

  test("what is adopted after the end began is ended as well", async () => {
    const lifetime = createLifetime();
    await lifetime.end();
    const late = new Promise((resolve) => lifetime.adopt(async () => resolve("ended")));
    expect(await late).toBe("ended");
    await lifetime.end();
  });
});
