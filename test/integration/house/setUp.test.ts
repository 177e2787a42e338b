import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type BareHouse, bareHouse } from "../../support/bareHouse.ts";

const GOOD = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\ncontract Good {}\n";
const houses: BareHouse[] = [];

afterEach(() => {
  for (const house of houses.splice(0)) house.remove();
});

function house(packages: "ours" | "none"): BareHouse {
  const made = bareHouse({ packages });
  houses.push(made);
  return made;
}

describe("the script that follows", () => {
  test("gets its arguments and gives its exit code", async () => {
    const { write, setUp } = house("none");
    write("say.js", "console.log(process.argv.slice(2).join('|')); process.exitCode = 7;");
    const run = await setUp("say.js", "--crowd", "two words").ended;
    expect(run.stdout).toBe("--crowd|two words\n");
    expect(run.code).toBe(7);
  });

  test("gets the signals", async () => {
    const { write, setUp } = house("none");
    write(
      "wait.js",
      "process.on('SIGTERM', () => process.exit(3)); console.log('ready'); setInterval(() => {}, 1000);",
    );
    const { child, ended } = setUp("wait.js");
    child.stdout?.once("data", () => child.kill("SIGTERM"));
    expect((await ended).code).toBe(3);
  });

  test("that does not exist is named", async () => {
    const run = await house("none").setUp("scripts/strat.ts").ended;
    expect(run.stderr).toContain('no script or tool "scripts/strat.ts"');
    expect(run.code).toBe(2);
  });
});

describe("packages", () => {
  test("are installed once, and the second set-up says nothing", async () => {
    const { setUp } = house("none");
    const first = await setUp().ended;
    expect(first.stderr).toContain("installing packages");
    expect(first.code).toBe(0);
    expect(await setUp().ended).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("that cannot be installed are tried twice, then named with the command and the remedy", async () => {
    const { write, setUp } = house("none");
    write("package.json", JSON.stringify({ name: "bare", version: "1.0.0", dependencies: { viem: "2.57.20" } }));
    const { stderr, code } = await setUp().ended;
    expect(stderr.match(/installing packages/g)?.length).toBeGreaterThanOrEqual(2);
    expect(stderr).toContain("set-up failed while installing packages once more");
    expect(stderr).toMatch(/ran: .* ci /);
    expect(stderr).toContain("Missing: viem@2.57.20 from lock file");
    expect(stderr).toMatch(/do: .*rm -rf node_modules/);
    expect(code).toBe(2);
  });

  test("of a half-done install are installed anew", async () => {
    const { folder, write, setUp } = house("none");
    write("node_modules/half/package.json", "{}");
    expect((await setUp().ended).code).toBe(0);
    expect(existsSync(join(folder, "node_modules/half"))).toBe(false);
  });

  test("whose note npm left half written are installed anew", async () => {
    const { write, setUp } = house("none");
    write("node_modules/.package-lock.json", '{ "packages": { "node_mod');
    const { stderr, code } = await setUp().ended;
    expect(stderr).toContain("installing packages");
    expect(code).toBe(0);
  });

  test("that nobody can look up end the set-up with 2, which no script's verdict means", async () => {
    const { write, setUp } = house("none");
    write("package-lock.json", '{ "packages":');
    expect((await setUp().ended).code).toBe(2);
  });
});

describe("contracts", () => {
  test("are compiled when they changed, and only then", async () => {
    const { folder, write, setUp } = house("ours");
    write("contracts/Good.sol", GOOD);
    expect((await setUp().ended).stderr).toContain("compiling the contracts");
    expect(existsSync(join(folder, "artifacts/contracts/Good.sol/Good.json"))).toBe(true);
    expect((await setUp().ended).stderr).toBe("");
    write("contracts/Good.sol", GOOD.replace("{}", "{ uint256 public x; }"));
    expect((await setUp().ended).stderr).toContain("compiling the contracts");
  });

  test("that do not compile are named, and nothing is run on the old ones", async () => {
    const { write, setUp } = house("ours");
    write("contracts/Bad.sol", GOOD.replace("{}", "{ uint256 x = ; }"));
    write("say.js", "console.log('ran');");
    const { stderr, stdout, code } = await setUp("say.js").ended;
    expect(stderr).toContain("set-up failed while compiling the contracts");
    expect(stderr).toContain("contracts/Bad.sol");
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});

test("Ctrl-C in the middle of a step stops it, and the next set-up finishes the work", async () => {
  const { folder, write, setUp } = house("ours");
  write("contracts/Good.sol", GOOD);
  const { child, ended } = setUp();
  child.stderr?.once("data", () => child.kill("SIGINT"));
  const run = await ended;
  expect(run.code).toBe(130);
  expect(run.stderr).toContain("stopped while compiling the contracts");
  expect(existsSync(join(folder, ".coindrop/setup.lock"))).toBe(false);
  expect((await setUp().ended).code).toBe(0);
  expect(existsSync(join(folder, "artifacts/contracts/Good.sol/Good.json"))).toBe(true);
});

describe("two set-ups at once", () => {
  test("take turns, and the second finds nothing left to do", async () => {
    const { write, setUp } = house("ours");
    write("contracts/Good.sol", GOOD);
    const runs = await Promise.all([setUp().ended, setUp().ended]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const lines = runs.map(({ stderr }) => stderr).sort();
    expect(lines.filter((line) => line.includes("compiling")).length).toBe(1);
  });

  test("are not held up by one that was killed", async () => {
    const { write, setUp } = house("none");
    const { child, ended } = house("none").setUp("nothing.js");
    await ended;
    write(".coindrop/setup.lock", JSON.stringify({ pid: child.pid, host: hostname() }));
    expect((await setUp().ended).code).toBe(0);
  });
});
