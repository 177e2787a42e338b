/**
 * Brings the packages that let models run on a graphics card: `npm run gpu -- cuda` or `npm run gpu -- vulkan`.
 * They weigh up to 600 MB, so the lock file replaces them by an empty one; after a new `npm ci` run this again.
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { GPU_KINDS, gpuPackages } from "./gpu/gpuPackages.ts";
import { npmCommand } from "./setup/npm.js";
import { root } from "./tool/root.ts";

const Manifest = z.object({ version: z.string() });
const Binaries = z.object({ getBinsDir: z.function() });

const kind = GPU_KINDS.find((name) => name === process.argv[2]);
if (kind === undefined) fail(`say which: npm run gpu -- ${GPU_KINDS.join(" | ")}`);
const packages = gpuPackages(kind, process);
if (typeof packages === "string") fail(packages);

const version = versionOf("node-llama-cpp");
const waiting = join(root, ".coindrop", "gpu");
rmSync(waiting, { recursive: true, force: true });
mkdirSync(waiting, { recursive: true });
const npm = npmCommand(process.execPath);
const wanted = packages.map((name) => `${name}@${version}`);
console.log(`fetching ${wanted.join(" and ")} …`);
try {
  execFileSync(
    npm.file,
    [
      ...npm.args,
      "install",
      "--prefix",
      waiting,
      "--no-package-lock",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      ...wanted,
    ],
    { cwd: waiting, stdio: "inherit" },
  );
} catch {
  fail("npm could not fetch them; what it said stands above. Nothing was changed");
}
for (const name of packages) {
  const place = join(root, "node_modules", name);
  rmSync(place, { recursive: true, force: true });
  renameSync(join(waiting, "node_modules", name), place);
}
rmSync(waiting, { recursive: true, force: true });

for (const name of packages) await mustBeUsable(name);
console.log(`llama.cpp can use ${kind} now. A node says at its start on what it runs its models.`);

/** node-llama-cpp imports the package and asks it where its programs lie. */
async function mustBeUsable(name: string): Promise<void> {
  const found = versionOf(name);
  if (found !== version) fail(`${name} is ${found}, but node-llama-cpp is ${version}: run \`npm ci\` and try again`);
  const folder: unknown = Binaries.parse(await import(name)).getBinsDir();
  const binsDir = z.object({ binsDir: z.string() }).parse(folder).binsDir;
  if (!existsSync(binsDir)) fail(`${name} names ${binsDir}, where there is nothing`);
}

function versionOf(name: string): string {
  return Manifest.parse(JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"))).version;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
