/** Makes `node_modules` what `package-lock.json` says. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hashFiles } from "./hashFiles.js";
import { npmCommand } from "./npm.js";
import { runStep, SetupError } from "./step.js";
import { withLock } from "./withLock.js";

/**
 * Installs when the lock file is not the one that was installed last. The mark lies inside `node_modules` and is
 * written last, so an interrupted install leaves none.
 *
 * @param {string} root @param {string} node Path of Node 24; npm under an older one skips packages without a word.
 */
export async function ensurePackages(root, node) {
  const lockFile = path.join(root, "package-lock.json");
  const mark = path.join(root, "node_modules", ".coindrop-lock");
  const wanted = hashFiles(root, [lockFile]);
  const isInstalled = () => existsSync(mark) && readFileSync(mark, "utf8") === wanted;
  if (isInstalled()) return;
  await withLock(root, async () => {
    if (isInstalled()) return;
    if (!installedByHand(root, lockFile)) await install(root, node);
    mkdirSync(path.dirname(mark), { recursive: true });
    writeFileSync(mark, wanted);
  });
}

/** @param {string} root @param {string} node */
async function install(root, node) {
  const npm = npmCommand(node);
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}` };
  const attempt = (/** @type {string} */ step) =>
    runStep({
      step,
      file: npm.file,
      args: [
        ...npm.args,
        "ci",
        "--ignore-scripts",
        "--include=dev",
        "--include=optional",
        "--loglevel=warn",
        "--no-audit",
        "--no-fund",
      ],
      cwd: root,
      env,
      remedy:
        "look at the network, at npm's registry and at the free space (1 GB); then `rm -rf node_modules` and run the command again",
    });
  try {
    await attempt("installing packages (the first time takes a minute or two)");
  } catch (error) {
    if (!(error instanceof SetupError) || error.exitCode === 130) throw error;
    await attempt("installing packages once more, since the first attempt failed");
  }
}

/**
 * True when someone's own `npm install` has already brought in all that the lock file asks for on this system.
 * npm's note of what it installed lies in `node_modules/.package-lock.json`.
 *
 * @param {string} root @param {string} lockFile
 */
function installedByHand(root, lockFile) {
  const note = path.join(root, "node_modules", ".package-lock.json");
  if (!existsSync(note)) return false;
  const installed = packagesOf(note);
  if (installed === undefined) return false;
  return Object.entries(JSON.parse(readFileSync(lockFile, "utf8")).packages).every(
    ([place, wanted]) =>
      place === "" ||
      !isForThisSystem(wanted) ||
      (installed[place]?.version === wanted.version && existsSync(path.join(root, place))),
  );
}

/** `undefined` where an install that was cut off left half a note. @param {string} note */
function packagesOf(note) {
  try {
    return JSON.parse(readFileSync(note, "utf8")).packages;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @param {{ optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} entry */
function isForThisSystem({ optional, os, cpu, libc }) {
  if (optional !== true) return true;
  if (os === undefined) return false; // an optional package for all systems may be left out by npm: not told apart here
  return os.includes(process.platform) && (cpu?.includes(process.arch) ?? true) && (libc?.includes(libcName()) ?? true);
}

function libcName() {
  return existsSync("/lib/ld-musl-x86_64.so.1") || existsSync("/lib/ld-musl-aarch64.so.1") ? "musl" : "glibc";
}
