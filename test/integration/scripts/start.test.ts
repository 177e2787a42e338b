import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { appConfigSchema, type DemoFile, demoFileSchema } from "#protocol/config.ts";
import { bareHex } from "#protocol/hashing.ts";
import { createIndexerClient } from "#protocol/indexerClient.ts";
import { modelId } from "#protocol/node.ts";
import { root } from "../../../scripts/tool/root.ts";
import { descendantsOf, living, processesOf } from "../../support/processesOf.ts";
import { runScript } from "../../support/runScript.ts";
import { until } from "../../support/until.ts";

const SLOW = 180_000;

type Start = {
  readonly state: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
};

const starts: Start[] = [];

/** What `npm start` runs, on a state folder of its own, at a port below those that systems give out by themselves. */
function start(args: readonly string[] = [], port = 21_000 + Math.floor(Math.random() * 10_000)): Start {
  const state = mkdtempSync(path.join(tmpdir(), "coindrop-start-"));
  const child = spawn(
    process.execPath,
    [path.join(root, "scripts/setup.js"), "scripts/start.ts", "--port", String(port), ...args],
    {
      cwd: root,
      env: { ...process.env, COINDROP_STATE: state },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const started = { state, child, output: () => text, ended };
  starts.push(started);
  return started;
}

async function printed({ child, output }: Start, words: string): Promise<void> {
  await until(
    `"${words}"`,
    () => {
      if (output().includes(words)) return true;
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${output()}`);
      return false;
    },
    SLOW,
  );
}

/** The process of this start that runs `script`; the set-up before it names the script as well. */
function pidOf({ state }: Start, script: string): number {
  const found = processesOf(state).find(({ command }) => command.includes(script) && !command.includes("setup.js"));
  if (found === undefined) throw new Error(`no process runs ${script}`);
  return found.pid;
}

/** Ends a start in some way and makes sure that nothing it had started lives on, model processes included. */
async function endsAlone({ state, child, ended }: Start, end: () => void): Promise<number | null> {
  const family = descendantsOf(child.pid ?? 0);
  expect(family.length).toBeGreaterThan(1);
  end();
  const code = await ended;
  let left: string[] = [];
  const areGone = async () => {
    left = [...processesOf(state).map(({ command }) => command), ...living(family)];
    if (left.length > 0) await sleep(200);
    return left.length === 0;
  };
  await until("all its processes to be gone", areGone, 30_000).catch(() => expect(left).toEqual([]));
  return code;
}

afterEach(async () => {
  for (const { child, state, ended } of starts.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
    for (const { pid } of processesOf(state)) process.kill(pid, "SIGKILL");
    rmSync(state, { recursive: true, force: true });
  }
});

test("brings up everything that it promises, survives the death of a service, and leaves nothing behind", async () => {
  const house = start(["--crowd"]);
  await printed(house, "Coindrop is running");
  const demo = demoFileSchema.parse(JSON.parse(await readFile(path.join(house.state, "demo.json"), "utf8")));
  expect(house.output()).toContain(demo.appUrl);
  expect(demo.entries.map(({ name }) => name)).toEqual(["bedtime", "clauses", "haiku", "sums", "tickermood"]);

  const config = appConfigSchema.parse(await (await fetch(`${demo.appUrl}/config.json`)).json());
  expect(config).toMatchObject({
    rpcUrl: demo.rpcUrl,
    contests: [demo.contest],
    demo: { fundUrl: "/demo/fund", credentialUrl: null, memberUrl: null },
  });
  expect(config.demo?.crowd).toHaveLength(30);
  const page = await fetch(`${demo.appUrl}/any/deep/link`, { headers: { accept: "text/html" } });
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);

  await servesEverything(demo);
  await givesToNewcomers(demo);

  const audit = await runScript("scripts/audit.ts", [], { ...process.env, COINDROP_STATE: house.state });
  expect(audit.output).toContain("All agree: recount, contract, indexer and node registry");
  expect(audit.code).toBe(0);

  const second = await runScript("scripts/start.ts", [], { ...process.env, COINDROP_STATE: house.state });
  expect(second.output).toContain(`already runs from this folder: ${demo.appUrl}`);
  expect(second.code).toBe(0);

  const indexer = createIndexerClient({ url: demo.indexerUrl, retries: 0 });
  process.kill(pidOf(house, "indexer/main.ts"), "SIGKILL");
  await printed(house, "the indexer ended unexpectedly (killed by SIGKILL)");
  await printed(house, "the indexer is back");
  await until("the indexer to answer again", async () => (await indexer.ready().catch(() => undefined))?.ready);

  expect(await endsAlone(house, () => house.child.kill("SIGINT"))).toBe(0);
  expect(existsSync(path.join(house.state, "demo.json"))).toBe(false);
  expect(existsSync(path.join(house.state, "start.json"))).toBe(false);
});

async function servesEverything(demo: DemoFile): Promise<void> {
  expect(demo.nodes).toHaveLength(2);
  for (const { url } of demo.nodes) {
    const models = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
    expect(models.data.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((id) => modelId(demo.contest, id)));
    const manifest = await fetch(`${url}/manifests/${bareHex(demo.entries[0]?.manifestHash as `0x${string}`)}`);
    expect(manifest.status).toBe(200);
  }
  const sums = demo.entries.find(({ name }) => name === "sums");
  const chat = await fetch(`${demo.nodes[1]?.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: modelId(demo.contest, sums?.id ?? 0),
      messages: [{ role: "user", content: "What is 17 plus 5?" }],
    }),
  });
  expect(await chat.json()).toMatchObject({ choices: [{ message: { content: "17 plus 5 is 22." } }] });

  const indexer = createIndexerClient({ url: demo.indexerUrl, retries: 0 });
  const { nodes } = await indexer.nodes();
  expect(nodes.map(({ attestations }) => attestations.filter(({ matches }) => matches).length)).toEqual([5, 5]);
  const ranking = await until("the manifests to be indexed", async () => {
    const answer = await indexer.ranking({ contest: demo.contest });
    return answer.rows.every(({ name }) => name !== null) ? answer : undefined;
  });
  expect(ranking.phase).toBe("voting");
  expect(ranking.rows[0]?.rank).toBe(1);
  expect(ranking.rows[0]?.prize).toBe("400000000000000000000");
}

async function givesToNewcomers(demo: DemoFile): Promise<void> {
  const ask = (address: string) =>
    fetch(`${demo.appUrl}/demo/fund`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ address }),
    });
  const newcomer = `0x${"ab".repeat(20)}`;
  const answers = await Promise.all([ask(newcomer), ask(newcomer), ask(newcomer), ask(newcomer), ask("0xab")]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 400]);
  const balance = await fetch(demo.rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getBalance", params: [newcomer, "latest"] }),
  });
  expect(await balance.json()).toMatchObject({ result: "0x29a2241af62c0000" });
}

test("Ctrl-C in the middle of the start leaves nothing behind", async () => {
  const house = start();
  await printed(house, "✓ contest");
  expect(await endsAlone(house, () => house.child.kill("SIGINT"))).toBe(130);
  expect(existsSync(path.join(house.state, "start.json"))).toBe(false);
});

test("the chain's death ends everything, with a sentence", async () => {
  const house = start();
  await printed(house, "✓ chain");
  expect(await endsAlone(house, () => process.kill(pidOf(house, "scripts/chain.ts"), "SIGKILL"))).toBe(1);
  expect(house.output()).toContain("The chain ended unexpectedly (killed by SIGKILL), and all that it knew is gone.");
});

test("services and models end with a start that was killed outright", async () => {
  const house = start();
  await printed(house, "✓ node 1");
  await endsAlone(house, () => process.kill(pidOf(house, "scripts/start.ts"), "SIGKILL"));
});

test("a taken port is passed over; the note of a dead start is no hindrance", async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  const { port } = squatter.address() as AddressInfo;
  const house = start([], port);
  writeFileSync(
    path.join(house.state, "start.json"),
    JSON.stringify({ pid: 2 ** 22 + 1, appUrl: "http://127.0.0.1:1" }),
  );
  await printed(house, "✓ chain");
  expect(house.output()).toMatch(new RegExp(`✓ chain +http://127\\.0\\.0\\.1:${port + 3}\\b`));
  expect(await endsAlone(house, () => house.child.kill("SIGTERM"))).toBe(130);
  await new Promise((resolve) => squatter.close(resolve));
});

test("a flag that it does not know is refused by name", async () => {
  const { code, output } = await runScript("scripts/start.ts", ["--crwd"]);
  expect(output).toContain("unknown option '--crwd'");
  expect(code).toBe(1);
});
