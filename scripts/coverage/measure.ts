/** Runs the Solidity tests against instrumented contracts and sees what they reach. */

import { compileContracts, readContract } from "../solidity/compileContracts.ts";
import { openBench } from "../solidity/openBench.ts";
import { syntaxTrees } from "../solidity/syntaxTree.ts";
import { COVERAGE_SOURCES, instrument, type Place } from "./instrument.ts";

/** What was looked at, which of it was reached, and the tests that fail on instrumented code. */
export type Coverage = {
  readonly places: readonly Place[];
  readonly hits: ReadonlySet<string>;
  readonly failed: readonly string[];
};

/** Few histories: what they do not reach, a test of its own should. */
const EFFORT = { fuzzRuns: 16, invariantRuns: 4, invariantDepth: 32 };

/** The tests must be compiled. `suites`: all when left out. */
export async function measure(files: readonly string[], suites?: readonly string[]): Promise<Coverage> {
  const trees = syntaxTrees(files);
  const sources: Record<string, string> = { ...COVERAGE_SOURCES };
  const places: Place[] = [];
  for (const file of files) {
    const tree = trees.get(file);
    if (tree === undefined) throw new Error(`${file} has no syntax tree`);
    const done = instrument(file, readContract(file), tree, places.length + 1);
    sources[file] = done.source;
    places.push(...done.places);
  }
  const contracts = compileContracts(sources);
  if (typeof contracts === "string") throw new Error(contracts);
  const bench = await openBench(EFFORT);
  const hits = new Set<string>();
  const results = await bench.runSuites(suites ?? bench.suites, contracts, {
    onHits: (tags) => {
      for (const tag of tags) hits.add(tag);
    },
  });
  const failed = results.filter(({ failed: isRed }) => isRed).map(({ suite, name }) => `${suite} ${name}`);
  return { places, hits, failed };
}
