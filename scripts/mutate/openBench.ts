/** Runs the compiled Solidity tests against contracts compiled a moment ago, in this process, as often as one likes. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CollectStackTraces,
  EdrContext,
  IncludeTraces,
  L1_CHAIN_TYPE,
  l1GenesisState,
  l1HardforkFromString,
  l1SolidityTestRunnerFactory,
  OSAKA,
  type SuiteResult,
} from "@nomicfoundation/edr";
import { z } from "zod";
import { root } from "../tool/root.ts";
import type { Compiled } from "./compileContracts.ts";

const References = z.record(
  z.string(),
  z.record(z.string(), z.array(z.object({ start: z.number(), length: z.number() }))),
);
const Artifact = z.object({
  contractName: z.string(),
  sourceName: z.string(),
  inputSourceName: z.string().optional(),
  abi: z.array(z.looseObject({ type: z.string(), name: z.string().optional() })),
  bytecode: z.string(),
  deployedBytecode: z.string(),
  linkReferences: References,
  deployedLinkReferences: References,
});
type Artifact = z.infer<typeof Artifact>;

/** How long to look. A mutant that survives little may still fall to more. */
export type Effort = { readonly fuzzRuns: number; readonly invariantRuns: number; readonly invariantDepth: number };
export type Bench = {
  readonly suites: readonly string[];
  readonly runSuite: (
    suite: string,
    contracts: readonly Compiled[],
    pattern: string | undefined,
  ) => Promise<readonly { readonly name: string; readonly failed: boolean }[]>;
};

/** Gas of one test; a contract that loops for ever ends by it. */
const GAS = 2_000_000_000n;

/** The tests must be compiled. Source: hardhat, `test solidity` task, which does the same for one run. */
export async function openBench(effort: Effort): Promise<Bench> {
  const context = new EdrContext();
  await context.registerSolidityTestRunnerFactory(L1_CHAIN_TYPE, l1SolidityTestRunnerFactory());
  const artifacts = [...readArtifacts("artifacts/contracts"), ...readArtifacts("cache/test-artifacts")];
  const tests = artifacts.filter(isSuite);

  return {
    suites: tests.map(({ contractName }) => contractName),
    async runSuite(suite, contracts, pattern) {
      const test = tests.find(({ contractName }) => contractName === suite);
      if (test === undefined) throw new Error(`no suite of tests is named ${suite}`);
      const results: SuiteResult[] = [];
      await context.runSolidityTests(
        L1_CHAIN_TYPE,
        artifacts.map((artifact) => ({ id: idOf(artifact), contract: contractOf(artifact, contracts) })),
        [idOf(test)],
        {
          projectRoot: root,
          hardfork: OSAKA,
          blockTimestamp: 1_800_000_000n,
          gasLimit: GAS,
          disableBlockGasLimit: true,
          disableTransactionGasCap: true,
          localPredeploys: l1GenesisState(l1HardforkFromString(OSAKA)),
          includeTraces: IncludeTraces.None,
          collectStackTraces: CollectStackTraces.OnFailure,
          fuzz: { runs: effort.fuzzRuns, seed: "0x1" },
          invariant: { runs: effort.invariantRuns, depth: effort.invariantDepth, failOnRevert: true },
          ...(pattern === undefined ? {} : { testPattern: pattern }),
        },
        { buildInfos: [], ignoreContracts: false },
        (result) => results.push(result),
      );
      return results.flatMap(({ testResults }) =>
        testResults
          .filter(({ status }) => status !== "Skipped")
          .map(({ name, status }) => ({ name, failed: status === "Failure" })),
      );
    },
  };
}

function readArtifacts(folder: string): readonly Artifact[] {
  return globSync(`${folder}/**/*.sol/*.json`, { cwd: root }).map((file) =>
    Artifact.parse(JSON.parse(readFileSync(join(root, file), "utf8"))),
  );
}

function isSuite({ bytecode, abi }: Artifact): boolean {
  return bytecode !== "0x" && abi.some(({ type, name }) => type === "function" && /^(test|invariant)/.test(name ?? ""));
}

function idOf({ contractName, sourceName, inputSourceName }: Artifact) {
  return { name: contractName, solcVersion: "0.8.37", source: inputSourceName ?? sourceName };
}

function contractOf(artifact: Artifact, contracts: readonly Compiled[]) {
  const exchanged = artifact.sourceName.startsWith("contracts/")
    ? contracts.find(({ name }) => name === artifact.contractName)
    : undefined;
  const { bytecode, deployedBytecode } = exchanged ?? artifact;
  const { linkReferences, deployedLinkReferences } = exchanged === undefined ? artifact : NO_LINKS;
  return { abi: JSON.stringify(artifact.abi), bytecode, linkReferences, deployedBytecode, deployedLinkReferences };
}

const NO_LINKS = { linkReferences: {}, deployedLinkReferences: {} };
