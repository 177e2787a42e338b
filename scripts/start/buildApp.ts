import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { BaseError } from "#protocol/errors.ts";
import { filesBelow, hashFiles } from "../setup/hashFiles.js";
import { root } from "../tool/root.ts";
import { toolPath } from "../tool/toolPath.ts";
import { startService } from "./service.ts";

/** Where the built app lies. */
export const appFolder = path.join(root, "app", "dist");

/** Lines of the build's log that an error quotes. */
const QUOTED = 12;

/** Whether what was built last is what the sources say now. `state`: folder that remembers it. */
export async function isAppBuilt(state: string): Promise<boolean> {
  if (!existsSync(path.join(appFolder, "index.html"))) return false;
  return (await readFile(markOf(state), "utf8").catch(() => "")) === sourcesHash();
}

/** Builds the app for production. `onSpawn`: gets the means to end the build early. */
export async function buildApp(options: {
  readonly state: string;
  readonly logFile: string;
  readonly onSpawn: (stop: () => Promise<void>) => void;
}): Promise<void> {
  const hash = sourcesHash();
  const vite = startService({
    name: "the app's build",
    file: toolPath("vite"),
    args: ["build", path.join(root, "app"), "--logLevel", "warn"],
    logFile: options.logFile,
  });
  options.onSpawn(async () => {
    vite.kill("SIGKILL");
    await vite.exited;
  });
  const { code } = await vite.exited;
  if (code !== 0) {
    const lines = (await readFile(options.logFile, "utf8")).split("\n").filter((line) => line.trim() !== "" && !/^\s+at /.test(line));
    throw new BaseError("The app could not be built.", { metaMessages: [...lines.slice(-QUOTED), `log: ${options.logFile}`] });
  }
  await writeFile(markOf(options.state), hash);
}

function markOf(state: string): string {
  return path.join(state, "app-built");
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
