/** The contracts' floors: interfaces below libraries below the rest; the demo stands aside. */

import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { analyze } from "@nomicfoundation/solidity-analyzer";
import { describe, expect, test } from "vitest";
import { root } from "../../../scripts/tool/root.ts";

const PACKAGES = ["@openzeppelin/contracts/", "@semaphore-protocol/contracts/"];

test("no contract imports from a floor above its own", () => {
  const files = globSync("contracts/**/*.sol", { cwd: root });
  expect(files.length).toBeGreaterThan(0);
  const broken = files.flatMap((file) => brokenFloors(file, readFileSync(join(root, file), "utf8")));
  expect(broken).toEqual([]);
});

describe("a planted import is seen", () => {
  test.each([
    ["contracts/interfaces/IPlant.sol", "../libraries/TallyMath.sol"],
    ["contracts/interfaces/IPlant.sol", "../contest/Contest.sol"],
    ["contracts/libraries/Plant.sol", "../contest/Contest.sol"],
    ["contracts/libraries/Plant.sol", "../nodes/NodeRegistry.sol"],
    ["contracts/contest/Plant.sol", "../demo/DemoCoin.sol"],
    ["contracts/contest/Plant.sol", "../../test/support/Vm.sol"],
    ["contracts/contest/Plant.sol", "hardhat/console.sol"],
  ])("%s importing %s", (file, source) => {
    expect(brokenFloors(file, `import {Thing} from "${source}";`)).toEqual([`${file} imports ${source}`]);
  });

  test.each([
    ["contracts/interfaces/IPlant.sol", "./IContest.sol"],
    ["contracts/libraries/Plant.sol", "../interfaces/IContest.sol"],
    ["contracts/libraries/Plant.sol", "@openzeppelin/contracts/utils/math/Math.sol"],
    ["contracts/contest/Plant.sol", "../libraries/TallyMath.sol"],
    ["contracts/ContestFactory.sol", "./contest/Contest.sol"],
    ["contracts/demo/DemoCrowd.sol", "./DemoCoin.sol"],
  ])("%s may import %s", (file, source) => {
    expect(brokenFloors(file, `import {Thing} from "${source}";`)).toEqual([]);
  });
});

/** Imports of `file` (a path from the house's folder) that lead up, into the demo, or out of the law. */
function brokenFloors(file: string, text: string): readonly string[] {
  return analyze(text)
    .imports.filter((source) => !mayImport(file, source))
    .map((source) => `${file} imports ${source}`);
}

function mayImport(file: string, source: string): boolean {
  if (!source.startsWith(".")) return PACKAGES.some((name) => source.startsWith(name));
  const target = posix.join(posix.dirname(file.replaceAll("\\", "/")), source);
  if (!target.startsWith("contracts/")) return false;
  if (target.startsWith("contracts/demo/")) return file.startsWith("contracts/demo/");
  return floorOf(target) <= floorOf(file);
}

function floorOf(file: string): number {
  if (file.startsWith("contracts/interfaces/")) return 0;
  return file.startsWith("contracts/libraries/") ? 1 : 2;
}
