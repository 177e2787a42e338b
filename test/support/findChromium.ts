/** Finds a Chromium for the browser tests, or installs one. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { chromium } from "@playwright/test";
import { toolPath } from "../../scripts/tool/toolPath.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"];
const folders = (process.env.PATH ?? "").split(path.delimiter).concat("/usr/bin", "/snap/bin", "/opt/google/chrome");
const apps = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  path.join(homedir(), "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
  path.join(process.env.PROGRAMFILES ?? "C:\\Program Files", "Google\\Chrome\\Application\\chrome.exe"),
  path.join(process.env["PROGRAMFILES(X86)"] ?? "C:\\Program Files (x86)", "Microsoft\\Edge\\Application\\msedge.exe"),
];

/**
 * Path of a Chromium, or `undefined`. Looks at CHROMIUM_PATH, at Playwright's own, at what the system has.
 * Throws when CHROMIUM_PATH names no file: whoever set it means that one.
 */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== "") {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names "${named}", where there is no file`);
    return named;
  }
  const system = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  return [chromium.executablePath(), ...system, ...apps].find((file) => file !== "" && existsSync(file));
}

/**
 * Path of a Chromium, which is installed first where there is none: from Debian's packages as root, which brings the
 * libraries and fonts along, else as Playwright's own. `say` gets a line for each step.
 */
export function ensureChromium(say: (line: string) => void): string {
  const found = findChromium();
  if (found !== undefined) return found;
  for (const [name, commands] of waysToInstall()) {
    say(`installing Chromium from ${name}; this happens once and takes a minute or two`);
    const failed = commands.find(([file, ...args]) => spawnSync(file, args, { stdio: "ignore", env }).status !== 0);
    const installed = findChromium();
    if (failed === undefined && installed !== undefined) return installed;
    say(`  did not work: ${(failed ?? ["no Chromium found afterwards"]).join(" ")}`);
  }
  throw new Error(
    "no Chromium: install Chromium or Chrome and run again, or set CHROMIUM_PATH to one (`npx playwright install chromium` brings one, too)",
  );
}

type Command = readonly [file: string, ...args: string[]];
const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };

function waysToInstall(): readonly (readonly [name: string, commands: readonly Command[]])[] {
  const cli = toolPath("@playwright/test", "playwright");
  const own = ["Playwright", [[process.execPath, cli, "install", "--no-shell", "chromium"]]] as const;
  const isDebianRoot = existsSync("/etc/debian_version") && process.getuid?.() === 0;
  if (!isDebianRoot) return [own];
  const packages = ["chromium", "fonts-noto-core", "fonts-noto-color-emoji"];
  return [
    [
      "Debian",
      [
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages],
      ],
    ],
    own,
  ];
}
