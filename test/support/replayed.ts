import fc from "fast-check";

type Options = {
  /** What `--only` names it by. */
  readonly name: string;
  readonly runs: number;
  /** Whether a failing script is made smaller; not where each try is slow. */
  readonly shrink?: boolean;
};

/**
 * Checks a property of the indexer's scripts, from the seed in `INDEXER_SEED` where one is given. A failure says how to
 * play just that script again.
 */
export function replayed<T>(property: fc.IAsyncProperty<T>, { name, runs, shrink = true }: Options): Promise<void> {
  const { INDEXER_SEED: seed = "", INDEXER_PATH: path = "" } = process.env;
  return fc.assert(property, {
    numRuns: runs,
    endOnFailure: !shrink,
    ...(seed === "" ? {} : { seed: Number(seed) }),
    ...(path === "" ? {} : { path }),
    asyncReporter: async (details) => {
      if (!details.failed) return;
      const again = `npm run fuzz:indexer -- --only ${name} --seed ${details.seed} --path ${details.counterexamplePath}`;
      throw new Error(`${await fc.asyncDefaultReportMessage(details)}\n\nThe same script again: ${again}`, {
        cause: details.errorInstance,
      });
    },
  });
}
