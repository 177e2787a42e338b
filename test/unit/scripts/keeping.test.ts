import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { freePort } from "../../../scripts/start/freePort.ts";
import { keepRunning } from "../../../scripts/start/keepRunning.ts";
import { createLifetime } from "../../../scripts/start/lifetime.ts";
import { becomeOnlyOne } from "../../../scripts/start/onlyOne.ts";
import { startService } from "../../../scripts/start/service.ts";
import { until } from "../../support/until.ts";

const folder = mkdtempSync(path.join(tmpdir(), "coindrop-keeping-"));
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
    expect(becomeOnlyOne(note)).toEqual({
      isFirst: false,
      other: { pid: process.pid, appUrl: "http://127.0.0.1:4747" },
    });
    first.release();
    expect(existsSync(note)).toBe(false);
  });

  test.each([
    ["of a process that is gone", JSON.stringify({ pid: 2 ** 22 + 1, appUrl: null }), 0],
    [
      "that shows no life for long, its number being another's by now",
      JSON.stringify({ pid: process.pid, appUrl: null }),
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
