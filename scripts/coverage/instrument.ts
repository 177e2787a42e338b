/** Rewrites contracts so that they say which of their statements ran and how their conditions came out. */

import { addStatementCoverageInstrumentation, latestSupportedSolidityVersion } from "@nomicfoundation/edr";
import { getCoverageLibrary } from "@nomicfoundation/edr/coverage";
import { childrenOf, isNode, type Node } from "../solidity/syntaxTree.ts";

/** A place that tests should reach. `text`: for a branch, the condition and the outcome that is asked for. */
export type Place = {
  readonly kind: "statement" | "branch";
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** What the code sends when it is there, as 64 hex digits. */
  readonly tag: string;
};
type Instrumented = { readonly source: string; readonly places: readonly Place[] };
type Leaf = { readonly start: number; readonly end: number };

const LIBRARY = getCoverageLibrary();
const BRANCHES = "coindrop-branches.sol";

/** Sources that instrumented contracts import. */
export const COVERAGE_SOURCES: Readonly<Record<string, string>> = {
  [LIBRARY.filename]: LIBRARY.content,
  [BRANCHES]: `pragma solidity 0.8.37;
import {__NomicFoundationCoverage as Coverage} from "${LIBRARY.filename}";
function branchOf(bool outcome, uint256 whenTrue, uint256 whenFalse) pure returns (bool) {
  Coverage.sendHit(outcome ? whenTrue : whenFalse);
  return outcome;
}
function reached(uint256 tag) pure { Coverage.sendHit(tag); }
`,
};

/**
 * Statements are those that EDR measures. Branches are ours, as EDR measures none: both outcomes of every condition of an
 * `if`, `?:` or loop, of every operand of `&&` and `||`, and both ends of a `try`; in assembly, none. `firstTag`: a number
 * for each branch counts up from it.
 */
export function instrument(file: string, text: string, tree: Node, firstTag: number): Instrumented {
  const bytes = Buffer.from(text, "utf8");
  const lineAt = (start: number) => bytes.subarray(0, start).toString("utf8").split("\n").length;
  const branches: Place[] = [];
  const puts: { at: number; text: string }[] = [];
  const branch = (start: number, what: string) => {
    const tag = (firstTag + branches.length).toString(16).padStart(64, "0");
    branches.push({ kind: "branch", file, line: lineAt(start), text: what, tag });
    return `0x${tag}`;
  };

  for (const { start, end } of leavesOf(tree)) {
    const words = bytes.subarray(start, end).toString("utf8").replace(/\s+/g, " ");
    const whenTrue = branch(start, `${words} is never true`);
    const whenFalse = branch(start, `${words} is never false`);
    puts.push({ at: start, text: "branchOf(" }, { at: end, text: `, ${whenTrue}, ${whenFalse})` });
  }
  for (const { start, name } of endsOfTries(tree))
    puts.push({ at: start + 1, text: `reached(${branch(start, `${name} is never reached`)});` });

  const marked = puts
    .toSorted((a, b) => b.at - a.at)
    .reduce((done, put) => done.slice(0, put.at) + put.text + done.slice(put.at), bytes.toString("latin1"));
  const input = Buffer.from(marked, "latin1").toString("utf8");
  const version = latestSupportedSolidityVersion();
  const { source, metadata } = addStatementCoverageInstrumentation(input, file, version);
  const lines = text.split("\n");
  const statements = metadata.flatMap(({ kind, tag, startUtf16 }): readonly Place[] => {
    if (kind !== "statement" || input.startsWith("reached(0x", startUtf16)) return [];
    // Nothing of what was put in breaks a line.
    const line = input.slice(0, startUtf16).split("\n").length;
    return [{ kind, file, line, text: lines[line - 1]?.trim() ?? "", tag: Buffer.from(tag).toString("hex") }];
  });
  return {
    source: `${source}\nimport {branchOf, reached} from "${BRANCHES}";\n`,
    places: [...statements, ...branches],
  };
}

/** The conditions below `node`, down to the operands of `&&`, `||` and `!`, each once. */
function leavesOf(node: Node): readonly Leaf[] {
  const found = new Map<number, Leaf>();
  const take = (condition: unknown) => {
    if (!isNode(condition)) return;
    const [component] = partsOf(condition, "components");
    if (condition["operator"] === "&&" || condition["operator"] === "||") {
      take(condition["leftExpression"]);
      take(condition["rightExpression"]);
    } else if (condition["operator"] === "!") take(condition["subExpression"]);
    else if (condition.nodeType === "TupleExpression" && component !== undefined) take(component);
    else if (condition.nodeType !== "Literal") {
      const { start, end } = spanOf(condition);
      found.set(start, { start, end });
    }
  };
  const visit = (inner: Node) => {
    take(inner["condition"]);
    if (inner["operator"] === "&&" || inner["operator"] === "||") take(inner);
    for (const child of childrenOf(inner)) visit(child);
  };
  visit(node);
  return [...found.values()];
}

/** Where the blocks of each `try` begin. */
function endsOfTries(node: Node): readonly { readonly start: number; readonly name: string }[] {
  const here = partsOf(node, "clauses").flatMap(({ block }, index) =>
    isNode(block) ? [{ start: spanOf(block).start, name: index === 0 ? "the success of try" : "catch" }] : [],
  );
  return [...here, ...childrenOf(node).flatMap(endsOfTries)];
}

function partsOf(node: Node, name: string): readonly Node[] {
  const value = node[name];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function spanOf({ src }: Node): Leaf {
  const [start = 0, length = 0] = src.split(":").map(Number);
  return { start, end: start + length };
}
