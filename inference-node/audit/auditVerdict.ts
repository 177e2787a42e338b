/** PROTOCOL, Nodes: at most this share of mismatches over at least this many tokens, where bits may differ. */
export const tolerated = 0.035;
export const enoughTokens = 1_024;
/**
 * Tokens of which none differs before a node holds by the exact rule. Of the answers of a coarser quantisation 0.68 % of
 * the tokens differed at the least (test/bench/audit.md): it goes unseen over this many once in thirty times.
 */
export const enoughExactTokens = 512;

/** One answer, compared. */
export type Judged = {
  readonly node: string;
  /** Whether engine and quantisation are such that the bits must be the same. */
  readonly exact: boolean;
  readonly tokens: number;
  readonly mismatches: number;
};

export type Verdict = "holds" | "does not hold" | "not enough";

/** All answers of one node that one rule judges. */
export type Pool = {
  readonly node: string;
  readonly rule: "exact" | "pooled";
  readonly answers: number;
  readonly tokens: number;
  readonly mismatches: number;
  /** Share of the answers' tokens that the model says too; null for none. */
  readonly matchRate: number | null;
  readonly verdict: Verdict;
};

/**
 * Pools answers by node and rule: a liar is not thinned out by honest nodes, and gains no small pools by naming a new
 * engine each time.
 */
export function poolAnswers(judged: readonly Judged[]): Pool[] {
  const groups = Map.groupBy(judged, ({ node, exact }) => `${node} ${exact ? "exact" : "pooled"}`);
  return [...groups.values()].flatMap((answers) => {
    const [first] = answers;
    if (first === undefined) return [];
    const sum = (of: (one: Judged) => number): number => answers.reduce((total, one) => total + of(one), 0);
    const [tokens, mismatches] = [sum((one) => one.tokens), sum((one) => one.mismatches)];
    return {
      node: first.node,
      rule: first.exact ? ("exact" as const) : ("pooled" as const),
      answers: answers.length,
      tokens,
      mismatches,
      matchRate: tokens === 0 ? null : 1 - mismatches / tokens,
      verdict: first.exact ? exactVerdict(tokens, mismatches) : pooledVerdict(tokens, mismatches),
    };
  });
}

function exactVerdict(tokens: number, mismatches: number): Verdict {
  if (mismatches > 0) return "does not hold";
  return tokens < enoughExactTokens ? "not enough" : "holds";
}

function pooledVerdict(tokens: number, mismatches: number): Verdict {
  if (tokens < enoughTokens) return "not enough";
  return mismatches <= tolerated * tokens ? "holds" : "does not hold";
}

/** The verdict on everything: one node that does not hold is enough, and nothing holds of which too little was seen. */
export function verdictOf(pools: readonly Pool[], failing: number): Verdict {
  if (failing > 0 || pools.some(({ verdict }) => verdict === "does not hold")) return "does not hold";
  return pools.length > 0 && pools.every(({ verdict }) => verdict === "holds") ? "holds" : "not enough";
}
