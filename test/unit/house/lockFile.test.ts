/** The lock file serves every system: one made where a registry lacks packages breaks `npm ci` elsewhere. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { root } from "../../../scripts/tool/root.ts";

const Entry = z.looseObject({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const Lock = z.object({ packages: z.record(z.string(), Entry) });
const { packages } = Lock.parse(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));

const SYSTEMS = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "win32-x64"] as const;

/** Packages that bring a program of their own for each system, and how they name it. */
const NATIVE: readonly (readonly [owner: string, name: (system: string) => string])[] = [
  ["@biomejs/biome", (system) => `@biomejs/cli-${system}`],
  ["@nomicfoundation/edr", (system) => `@nomicfoundation/edr-${withLibc(system)}`],
  ["rolldown", (system) => `@rolldown/binding-${withLibc(system)}`],
  ["typescript", (system) => `@typescript/typescript-${system}`],
  ["lightningcss", (system) => `lightningcss-${withLibc(system)}`],
  ["esbuild", (system) => `@esbuild/${system}`],
  ["oxc-parser", (system) => `@oxc-parser/binding-${withLibc(system)}`],
  ["node-llama-cpp", (system) => `@node-llama-cpp/${LLAMA[system]}`],
];

const LLAMA: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "darwin-arm64": "mac-arm64-metal",
  "darwin-x64": "mac-x64",
  "win32-x64": "win-x64",
};

const CASES = NATIVE.flatMap(([owner, name]) => SYSTEMS.map((system) => [owner, system, name(system)] as const));

test.each(CASES)("%s on %s is locked as %s", (owner, _system, name) => {
  const wanted = packages[`node_modules/${owner}`]?.optionalDependencies?.[name];
  expect(wanted, `${owner} offers ${name}`).toBeDefined();
  expect(packages[`node_modules/${name}`]?.version).toBe(wanted);
});

test("each locked package has a checksum", () => {
  const without = Object.entries(packages).filter(([place, entry]) => place !== "" && entry.integrity === undefined);
  expect(without.map(([place]) => place)).toEqual([]);
});

test("no locked package is fetched from anywhere but npm's registry", () => {
  const elsewhere = Object.values(packages).filter(
    ({ resolved }) => resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/"),
  );
  expect(elsewhere).toEqual([]);
});

/** `linux-x64` as `linux-x64-gnu`, `win32-x64` as `win32-x64-msvc`: how native Node packages are commonly named. */
function withLibc(system: string): string {
  if (system.startsWith("linux")) return `${system}-gnu`;
  return system.startsWith("win32") ? `${system}-msvc` : system;
}
