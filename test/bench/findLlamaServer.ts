import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { availableParallelism, homedir } from "node:os";
import path from "node:path";
import { root } from "../../scripts/tool/root.ts";

const carried = path.join(root, "node_modules/node-llama-cpp/llama");

/**
 * The llama-server to measure against: that of `LLAMA_SERVER`, or one built before. null where there is none.
 *
 * `build`: makes one from the source that node-llama-cpp carries, in a cache folder outside the checkout; git, cmake
 * and a C++ compiler are needed, and two cores take 20 minutes. Throws when that fails.
 */
export function findLlamaServer(build: boolean): string | null {
  const named = process.env["LLAMA_SERVER"];
  if (named !== undefined) return existsSync(named) ? named : null;
  const cache = process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache");
  const { tag } = JSON.parse(readFileSync(path.join(carried, "llama.cpp.info.json"), "utf8")) as { tag: string };
  const folder = path.join(cache, "coindrop", `llama.cpp-${tag.replaceAll(/[^\w.-]/g, "_")}`);
  const binary = path.join(folder, "build/bin/llama-server");
  if (existsSync(binary)) return binary;
  if (!build) return null;
  mkdirSync(path.dirname(folder), { recursive: true });
  if (!existsSync(folder)) run("git", ["clone", path.join(carried, "gitRelease.bundle"), folder]);
  const made = path.join(folder, "build");
  run("cmake", ["-S", folder, "-B", made, "-DCMAKE_BUILD_TYPE=Release", "-DLLAMA_CURL=OFF", "-DBUILD_SHARED_LIBS=OFF"]);
  run("cmake", ["--build", made, "--target", "llama-server", "--parallel", String(availableParallelism())]);
  return binary;
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error?.message ?? `exit code ${status}`}`);
}
