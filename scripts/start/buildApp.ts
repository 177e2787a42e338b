import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { BaseError } from "#protocol/errors.ts";
import { filesBelow, hashFiles } from "../setup/hashFiles.js";
import { withLock } from "../setup/withLock.js";
import { root } from "../tool/root.ts";
import { toolPath } from "../tool/toolPath.ts";
import { startService } from "./service.ts";

/** Where the built app lies. */
export const appFolder = path.join(root, "app", "dist");

/** Lines of the build's log that an error quotes. */
const QUOTED = 12;

/** Remembers which sources were built last. */
const mark = path.join(root, "cache", "coindrop-app");

/** Whether what was built last is what the sources say now. */
export async function isAppBuilt(): Promise<boolean> {
  if (!existsSync(path.join(appFolder, "index.html"))) return false;
  return (await readFile(mark, "utf8").catch(() => "")) === sourcesHash();
}

export type BuildOptions = {
  readonly logFile: string;
  /** Gets the means to end the build early. */
  readonly onSpawn: (stop: () => Promise<void>) => void;
};

/** Builds the app for production, one build in the folder at a time. */
export async function buildApp(options: BuildOptions): Promise<void> {
  await withLock(root, async () => {
    if (!(await isAppBuilt())) await build(options);
  });
}

async function build(options: BuildOptions): Promise<void> {
  const hash = sourcesHash();
  await rm(mark, { force: true });
  const vite = startService({
    name: "the app's build",
    file: toolPath("vite"),
    args: ["build", path.join(root, "app"), "--logLevel", "warn"],
    // A test runner says "test" here, and React would come in the size it has for developers.
    env: { NODE_ENV: "production" },
    logFile: options.logFile,
  });
  options.onSpawn(async () => {
    vite.kill("SIGKILL");
    await vite.exited;
  });
  const { code } = await vite.exited;
  if (code !== 0) {
    const lines = (await readFile(options.logFile, "utf8"))
      .split("\n")
      .filter((line) => line.trim() !== "" && !/^\s+at /.test(line));
    throw new BaseError("The app could not be built.", {
      metaMessages: [...lines.slice(-QUOTED), `log: ${options.logFile}`],
    });
  }
  await mkdir(path.dirname(mark), { recursive: true });
  await writeFile(mark, hash);
}

function sourcesHash(): string {
  const dist = appFolder + path.sep;
  const files = [
    ...filesBelow(path.join(root, "app"), "").filter((file) => !file.startsWith(dist)),
    ...filesBelow(path.join(root, "contracts", "protocol"), ".ts"),
    path.join(root, "package-lock.json"),
  ];
  return hashFiles(root, files);
}
