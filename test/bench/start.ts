/**
 * How long a newcomer waits: `npm run bench:start`. From the spawn of `npm start`, on a machine that has installed and
 * built before, to a page with its contest and an answer from one of its models. Prints a table, and JSON as last line.
 */

import { spawn } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type AppConfig, appConfigSchema } from "#protocol/config.ts";
import { contestAnswer } from "#protocol/http.ts";
import { modelId } from "#protocol/node.ts";
import { root } from "../../scripts/tool/root.ts";

/** Milliseconds between two looks: fewer would measure the looking. */
const POLL = 100;
const PATIENCE = 180_000;
/** Where `npm start` begins to look for ports, away from those of a demo that somebody is looking at. */
const PORT = 14_747;
/** The first node's port follows those of app, indexer and chain. */
const NODE_PORT = PORT + 3;

const state = mkdtempSync(path.join(tmpdir(), "coindrop-bench-"));
try {
  console.log("once to build what is not built …");
  await measure();
  console.log("once to measure …");
  const { pageSeconds, contestSeconds, firstAnswerSeconds, allSeconds, endSeconds } = await measure();
  const nodeModulesMegabytes = Math.round(bytesBelow(path.join(root, "node_modules")) / 1e6);
  const cores = availableParallelism();
  const row = (label: string, value: number, unit: string) =>
    `  ${label.padEnd(28)}${value.toFixed(unit === "s" ? 1 : 0).padStart(7)} ${unit}`;
  console.log(
    [
      "",
      `  npm start on ${cores} cores, seconds since the command`,
      row("page and its configuration", pageSeconds, "s"),
      row("contest from the indexer", contestSeconds, "s"),
      row("first answer of a model", firstAnswerSeconds, "s"),
      row("everything up", allSeconds, "s"),
      row("Ctrl-C to the end", endSeconds, "s"),
      row("node_modules", nodeModulesMegabytes, "MB"),
      "",
    ].join("\n"),
  );
  const figures = { pageSeconds, contestSeconds, firstAnswerSeconds, allSeconds, endSeconds, nodeModulesMegabytes };
  console.log(JSON.stringify({ bench: "start", cores, ...figures }));
} finally {
  rmSync(state, { recursive: true, force: true });
}

/** One start, from its spawn to its end. */
async function measure() {
  const began = performance.now();
  const seconds = () => Math.round(performance.now() - began) / 1_000;
  const child = spawn(
    process.execPath,
    [path.join(root, "scripts/setup.js"), "scripts/start.ts", "--port", String(PORT)],
    {
      env: { ...process.env, COINDROP_STATE: state },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const config = await seen("the page", () => readConfig(`http://127.0.0.1:${PORT}`));
  const pageSeconds = seconds();
  await seen("the contest", () => hasContest(config));
  const contestSeconds = seconds();
  await seen("an answer", () => chat(config));
  const firstAnswerSeconds = seconds();
  await seen("the end of the start", async () => printed.includes("Coindrop is running"));
  const allSeconds = seconds();
  child.kill("SIGINT");
  await ended;
  return {
    pageSeconds,
    contestSeconds,
    firstAnswerSeconds,
    allSeconds,
    endSeconds: Math.round((seconds() - allSeconds) * 1_000) / 1_000,
  };

  async function seen<T>(what: string, look: () => Promise<T>): Promise<T> {
    while (performance.now() - began < PATIENCE) {
      if (child.exitCode !== null) throw new Error(`npm start ended before ${what} was seen:\n${printed}`);
      // Refused connections and half answers are what waiting looks like.
      const found = await look().catch(() => undefined);
      if (found) return found;
      await sleep(POLL);
    }
    child.kill("SIGINT");
    throw new Error(`npm start did not show ${what} within ${PATIENCE / 1_000} s:\n${printed}`);
  }
}

async function readConfig(appUrl: string): Promise<AppConfig> {
  const page = await fetch(appUrl, { headers: { accept: "text/html" } });
  if (!(await page.text()).includes("<script")) throw new Error("no page yet");
  return appConfigSchema.parse(await (await fetch(`${appUrl}/config.json`)).json());
}

async function hasContest({ indexerUrl, contests }: AppConfig): Promise<boolean> {
  const answer = await fetch(`${indexerUrl}/v1/contests/${contests[0]}`);
  return contestAnswer.parse(await answer.json()).contest.entryCount === 5;
}

async function chat({ contests }: AppConfig): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${NODE_PORT}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: modelId(contests[0] ?? "", 1),
      messages: [{ role: "user", content: "Tell me a story" }],
      max_tokens: 16,
    }),
  });
  return answer.ok;
}

/** Bytes of all files in a folder, links not followed. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const place = path.join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesBelow(place) : lstatSync(place).size);
  }, 0);
}
