import type { Readiness } from "./infoRoutes.ts";

/** How a node is, in one word, with the reasons where it is not well. */
type Health = {
  readonly state: "loading" | "ready" | "degraded" | "stopping";
  /** Whether requests are answered now. */
  readonly serving: boolean;
  readonly reasons: readonly string[];
};

/** Judges what a node knows about itself. `degraded` may still serve: some of it does not work. */
export function judgeHealth(readiness: Readiness, draining: boolean): Health {
  if (draining) return { state: "stopping", serving: false, reasons: ["The node was told to stop."] };
  const { chain, entries, clockSkew = 0, challenges = [] } = readiness;
  const broken = entries.filter(({ state }) => ["failed", "quarantined", "unavailable"].includes(state));
  const working = entries.filter(({ state }) => state === "ready" || state === "asleep");
  const reasons = [
    ...(chain.block !== null && !chain.reachable ? ["The chain does not answer."] : []),
    ...(clockSkew === 0 ? [] : [`This machine's clock is ${Math.abs(clockSkew)} s off the chain's.`]),
    ...challenges
      .filter(({ state }) => state === "failing")
      .map(
        ({ index, contest, entryId, answerBy }) =>
          `Block ${index} of entry ${entryId} of ${contest} was not brought yet, and is due ${new Date(answerBy * 1000).toISOString()}.`,
      ),
    ...broken.map(({ id, state }) => `${id} is ${state}.`),
  ];
  const allBroken = entries.length > 0 && broken.length === entries.length;
  if (!allBroken && (!readiness.ready || working.length === 0)) {
    return { state: "loading", serving: false, reasons: ["No model is ready yet.", ...reasons] };
  }
  return { state: reasons.length === 0 ? "ready" : "degraded", serving: !allBroken, reasons };
}
