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
/** A compiled contract as hardhat writes it down. */
export type Artifact = z.infer<typeof Artifact>;

/** How long to look. A mutant that survives little may still fall to more. */
export type Effort = { readonly fuzzRuns: number; readonly invariantRuns: number; readonly invariantDepth: number };
export type Bench = {
  readonly suites: readonly string[];
  readonly runSuites: (
    suites: readonly string[],
    contracts: readonly Compiled[],
    options: RunOptions,
  ) => Promise<readonly { readonly suite: string; readonly name: string; readonly failed: boolean }[]>;
};
export type RunOptions = {
  /** Only tests whose name matches. */
  readonly pattern?: string | undefined;
  /** Told of the coverage tags, as hex digits, that code sent; again and again the same. */
  readonly onHits?: (tags: readonly string[]) => void;
};

/** Gas of one test; a contract that loops for ever ends by it. */
const GAS = 500_000_000n;

/**
 * `artifacts`: contracts and tests, by default those of the house, which must be compiled. Source: hardhat, `test solidity`
 * task, which does the same for one run.
 */
export async function openBench(effort: Effort, artifacts: readonly Artifact[] = ownArtifacts()): Promise<Bench> {
  const edrContext = await edr();
  const tests = artifacts.filter(isSuite);

  return {
    suites: tests.map(({ contractName }) => contractName),
    async runSuites(suites, contracts, { pattern, onHits }) {
      const chosen = suites.map((suite) => {
        const test = tests.find(({ contractName }) => contractName === suite);
        if (test === undefined) throw new Error(`no suite of tests is named ${suite}`);
        return idOf(test);
      });
      const results: SuiteResult[] = [];
      // The last results may come after the run is said to be over.
      const arrived = Promise.withResolvers<void>();
      if (chosen.length === 0) arrived.resolve();
      await edrContext.runSolidityTests(
        L1_CHAIN_TYPE,
        artifacts.map((artifact) => ({ id: idOf(artifact), contract: contractOf(artifact, contracts) })),
        chosen,
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
          ...(onHits === undefined ? {} : { observability: { codeCoverage: collecting(onHits) } }),
        },
        { buildInfos: [], ignoreContracts: false },
        (result) => {
          results.push(result);
          if (results.length === chosen.length) arrived.resolve();
        },
      );
      await arrived.promise;
      return results.flatMap(({ id, testResults }) =>
        testResults
          .filter(({ status }) => status !== "Skipped")
          .map(({ name, status }) => ({ suite: id.name, name, failed: status === "Failure" })),
      );
    },
  };
}

/** EDR wants one context a process. */
let context: Promise<EdrContext> | undefined;
function edr(): Promise<EdrContext> {
  context ??= (async () => {
    const made = new EdrContext();
    await made.registerSolidityTestRunnerFactory(L1_CHAIN_TYPE, l1SolidityTestRunnerFactory());
    return made;
  })();
  return context;
}

function collecting(onHits: (tags: readonly string[]) => void) {
  return {
    onCollectedCoverageCallback: async (hits: readonly Uint8Array[]) =>
      onHits(hits.map((hit) => Buffer.from(hit).toString("hex"))),
  };
}

function ownArtifacts(): readonly Artifact[] {
  return [...readArtifacts("artifacts/contracts"), ...readArtifacts("cache/test-artifacts")];
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
