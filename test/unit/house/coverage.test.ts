/** The coverage gate can fail: a planted contract, of which tests reach a part or all. */

import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { z } from "zod";
import { COVERAGE_SOURCES, instrument } from "../../../scripts/coverage/instrument.ts";
import type { Coverage } from "../../../scripts/coverage/measure.ts";
import { coverageTable, missingPlaces, shortfalls } from "../../../scripts/coverage/report.ts";
import { type Artifact, openBench } from "../../../scripts/solidity/openBench.ts";
import { syntaxTrees } from "../../../scripts/solidity/syntaxTree.ts";

const require = createRequire(import.meta.url);

const PLANT = "contracts/Plant.sol";
const EFFORT = { fuzzRuns: 1, invariantRuns: 1, invariantDepth: 1 };

/** The ü is two bytes: places are counted in bytes by one tool and in characters by the other. */
const SOURCE = `pragma solidity 0.8.37;
// ü
contract Plant {
  error Plant_TooMuch();
  function choose(uint256 x) external view returns (uint256 y) {
    if (x > 1 && !(x < 9)) revert Plant_TooMuch();
    y = x == 5 ? 7 : 8;
    try this.half(x) returns (uint256 half_) {
      y += half_;
    } catch {}
  }
  function half(uint256 x) external pure returns (uint256) {
    if (x % 2 == 1) revert Plant_TooMuch();
    return x / 2;
  }
}
`;

test("what no test reaches is named and fails the gate", async () => {
  const coverage = await cover("[uint256(0)]");
  expect(missingPlaces(coverage)).toEqual([
    `${PLANT}:6  if (x > 1 && !(x < 9)) revert Plant_TooMuch();`,
    `${PLANT}:6  x > 1 is never true`,
    `${PLANT}:6  x < 9 is never true`,
    `${PLANT}:6  x < 9 is never false`,
    `${PLANT}:7  x == 5 is never true`,
    `${PLANT}:10  catch is never reached`,
    `${PLANT}:13  if (x % 2 == 1) revert Plant_TooMuch();`,
    `${PLANT}:13  x % 2 == 1 is never true`,
  ]);
  expect(shortfalls(coverage)).toEqual([
    "statements: 6/8 75.0 %, the gate is 99 %",
    "lines: 4/6 66.6 %, the gate is 99 %",
    "branches: 4/10 40.0 %, the gate is 95 %",
  ]);
  expect(coverageTable(coverage)).toMatch(/^all +6\/8 75\.0 % +4\/6 66\.6 % +4\/10 40\.0 %$/m);
});

test("a contract of which everything is reached passes", async () => {
  const coverage = await cover("[uint256(0), 5, 9]");
  expect(missingPlaces(coverage)).toEqual([]);
  expect(shortfalls(coverage)).toEqual([]);
});

test("nothing to measure is not enough", () => {
  expect(shortfalls({ places: [], hits: new Set(), failed: [] })).toHaveLength(3);
});

/** Coverage of the planted contract by a test that gives it each of `inputs`, the text of an array. */
async function cover(inputs: string): Promise<Coverage> {
  const tree = syntaxTrees([PLANT], () => SOURCE).get(PLANT);
  if (tree === undefined) throw new Error("no tree");
  const { source, places } = instrument(PLANT, SOURCE, tree, 1);
  const caller = `
contract PlantTest {
  function test_choose() external {
    Plant plant = new Plant();
    uint256[${inputs.split(",").length}] memory inputs = ${inputs};
    for (uint256 i = 0; i < inputs.length; ++i) try plant.choose(inputs[i]) {} catch {}
  }
}
`;
  const bench = await openBench(EFFORT, [compile(`${source}${caller}`)]);
  const hits = new Set<string>();
  const results = await bench.runSuites(["PlantTest"], [], {
    onHits: (tags) => {
      for (const tag of tags) hits.add(tag);
    },
  });
  expect(results).toEqual([{ suite: "PlantTest", name: "test_choose()", failed: false }]);
  return { places, hits, failed: [] };
}

const Code = z.object({ object: z.string() });
const Output = z.object({
  contracts: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        abi: z.array(z.looseObject({ type: z.string() })),
        evm: z.object({ bytecode: Code, deployedBytecode: Code }),
      }),
    ),
  ),
});

function compile(source: string): Artifact {
  const sources = Object.entries({ ...COVERAGE_SOURCES, [PLANT]: source });
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(sources.map(([name, content]) => [name, { content }])),
    settings: {
      evmVersion: "osaka",
      outputSelection: { [PLANT]: { PlantTest: ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
    },
  };
  const made = Output.parse(JSON.parse(require("solc").compile(JSON.stringify(input)))).contracts[PLANT]?.["PlantTest"];
  if (made === undefined) throw new Error("the planted contract does not compile");
  return {
    contractName: "PlantTest",
    sourceName: "test/PlantTest.sol",
    abi: made.abi,
    bytecode: `0x${made.evm.bytecode.object}`,
    deployedBytecode: `0x${made.evm.deployedBytecode.object}`,
    linkReferences: {},
    deployedLinkReferences: {},
  };
}
