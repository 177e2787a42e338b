/**
 * How the contracts are compiled, tested and simulated. No plugins: the house has its own hands.
 * Source: hardhat/types/config; the compiler is the `solc` package itself, so nothing is downloaded.
 */

import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "hardhat/config";

/** Runs of each fuzz test; `FUZZ_RUNS=5000 npm test -- solidity` for a long look. */
const fuzzRuns = positiveInteger("FUZZ_RUNS", 256);
/** Call sequences of each invariant test, and calls in each sequence. */
const invariantRuns = positiveInteger("INVARIANT_RUNS", 64);
const invariantDepth = positiveInteger("INVARIANT_DEPTH", 64);

/** What every file is compiled with. */
const compiler = { version: "0.8.37", path: fileURLToPath(import.meta.resolve("solc/soljson.js")) };
const optimizer = { enabled: true, runs: 200 };

/** Semaphore itself, which the demo and the tests put on their own chains. */
const semaphore = [
  "@semaphore-protocol/contracts/Semaphore.sol",
  "@semaphore-protocol/contracts/base/SemaphoreVerifier.sol",
  "poseidon-solidity/PoseidonT3.sol",
];

export default defineConfig({
  solidity: {
    compilers: [{ ...compiler, settings: { viaIR: true, optimizer, evmVersion: "osaka" } }],
    // Tests are code that runs once: compiled plainly they are ready in a quarter of the time. What they test they take
    // as it was compiled for use (`deploy` of test/support/Vm.sol).
    overrides: Object.fromEntries([
      ...globSync("test/solidity/**/*.sol").map((file) => [file, { ...compiler, settings: { evmVersion: "osaka" } }]),
      // Through the IR, Semaphore's hash would be larger than a contract may be.
      ...semaphore.map((file) => [file, { ...compiler, settings: { optimizer, evmVersion: "osaka" } }]),
    ]),
    npmFilesToBuild: semaphore,
    splitTestsCompilation: true,
  },
  paths: {
    sources: "contracts",
    tests: { solidity: "test/solidity" },
    artifacts: "artifacts",
    cache: "cache",
  },
  networks: {
    default: simulatedChain(),
    node: simulatedChain(),
  },
  test: {
    solidity: {
      // The time of the first block is a round figure, so that expected values in tests read as literals.
      blockTimestamp: 1_800_000_000n,
      fuzz: { runs: fuzzRuns, ...optionalSeed() },
      // Handlers know beforehand which call must fail, and catch it; so whatever else reverts is a fault, not a call to pass over.
      invariant: { runs: invariantRuns, depth: invariantDepth, failOnRevert: true },
    },
  },
});

/**
 * The in-process chain. Several blocks may share a second, since tests and the crowd send faster than that.
 * `default` is the one that tests create; `node` the one behind `hardhat node`.
 */
function simulatedChain() {
  return {
    type: "edr-simulated",
    chainId: 31337,
    chainType: "l1",
    hardfork: "osaka",
    allowBlocksWithSameTimestamp: true,
  } as const;
}

/** Repeats a failing fuzz run: `FUZZ_SEED=0x… npm test -- solidity`. */
function optionalSeed(): { seed?: string } {
  const seed = process.env.FUZZ_SEED;
  return seed === undefined ? {} : { seed };
}

function positiveInteger(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a whole number above 0, got "${text}"`);
  return value;
}
