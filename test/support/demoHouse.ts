import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DemoFile, demoFileSchema } from "#protocol/config.ts";
import { root } from "../../scripts/tool/root.ts";
import { until } from "./until.ts";

export type DemoHouse = {
  readonly demo: DemoFile;
  /** Folder that stands for `.coindrop`. */
  readonly state: string;
  readonly process: ChildProcess;
  /** What it printed so far. */
  readonly output: () => string;
  /** Ctrl-C; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
};

/** First port of a demo of its own, below those that the system hands out: two demos that start at once do not race. */
function ownPort(): string {
  return String(10_000 + Math.floor(Math.random() * 2_000) * 10);
}

/** Runs `npm start` with `args` on a state folder of its own, and resolves when it is up. */
export async function startDemo(args: readonly string[] = []): Promise<DemoHouse> {
  const state = mkdtempSync(path.join(tmpdir(), "coindrop-demo-"));
  const ports = args.includes("--port") ? [] : ["--port", ownPort()];
  const child = spawn(process.execPath, [path.join(root, "scripts/start.ts"), ...ports, ...args], {
    env: { ...process.env, COINDROP_STATE: state },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));

  const file = path.join(state, "demo.json");
  const demo = await until(
    "npm start to be up",
    async () => {
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${printed}`);
      if (!printed.includes("Coindrop is running")) return undefined;
      return demoFileSchema.parse(JSON.parse(await readFile(file, "utf8")));
    },
    180_000,
  );

  return {
    demo,
    state,
    process: child,
    output: () => printed,
    stop: async () => {
      if (child.exitCode === null) child.kill("SIGINT");
      const code = await exited;
      rmSync(state, { recursive: true, force: true });
      return code;
    },
  };
}
