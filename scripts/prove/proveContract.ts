/**
 * Has solc's model checker prove one contract of `test/proofs`.
 *
 * CHC (Horn clauses) is asked first. What it cannot decide goes to BMC, which unrolls loops a few times only: in functions
 * without loops, as all of ours are, its answer is just as whole. Source: Solidity documentation, SMTChecker.
 */

import { createRequire } from "node:module";
import { z } from "zod";
import { readSource } from "./readSource.ts";

const require = createRequire(import.meta.url);

/** `violated`: there are values for which it is false. `undecided`: neither that nor a proof was found in time. */
export type Verdict = "proved" | "violated" | "undecided";
export type Obligation = {
  /** `TallyMath.sol:24`. */
  readonly place: string;
  /** What is to be proved, as it stands in the source. */
  readonly claim: string;
  readonly kind: string;
  readonly verdict: Verdict;
  readonly engine: string;
};
export type Proof = { readonly contract: string; readonly obligations: readonly Obligation[] };

const Message = z.object({
  severity: z.string(),
  errorCode: z.string().optional(),
  message: z.string(),
  sourceLocation: z.object({ file: z.string(), start: z.number(), end: z.number() }).optional(),
});
type Message = z.infer<typeof Message>;
const Output = z.object({ errors: z.array(Message).optional() });

/** What the checker says when it cannot model a part of the source, and then assumes anything about it. */
const UNREAD = /^(Assertion checker does not|SMTChecker: )|unsupported language feature/;
const GAVE_UP = "1823";
const STATEMENT = /^(CHC|BMC): (.+?)(?: \(.*?\))?(?: check)? (is safe!|happens here|might happen here)/;

export type ProveOptions = {
  readonly file: string;
  readonly contract: string;
  readonly ask: (question: string) => string;
  readonly engine?: "all" | "bmc";
  readonly read?: (file: string) => string;
};

/** Returns every obligation of the contract and of the library code that it calls. Throws when solc could not read it. */
export function proveContract({ file, contract, ask, engine = "all", read = readSource }: ProveOptions): Proof {
  const solc = require("solc");
  const { smtCallback } = require("solc/smtchecker.js");
  const input = {
    language: "Solidity",
    sources: { [file]: { content: read(file) } },
    settings: {
      evmVersion: "osaka",
      outputSelection: { "*": { "*": [] } },
      modelChecker: {
        engine,
        solvers: ["smtlib2"],
        contracts: { [file]: [contract] },
        targets: ["assert", "overflow", "underflow", "divByZero"],
        showProvedSafe: true,
        showUnproved: true,
        showUnsupported: true,
      },
    },
  };
  const findImport = (name: string) => {
    try {
      return { contents: read(name) };
    } catch (error) {
      return { error: String(error) };
    }
  };
  const output = Output.parse(
    JSON.parse(solc.compile(JSON.stringify(input), { import: findImport, smtSolver: smtCallback(ask) })),
  );
  return { contract, obligations: judge(output.errors ?? [], read) };
}

/** One obligation for each place and kind. It is proved where everything an engine says about it is. */
function judge(messages: readonly Message[], read: (file: string) => string): readonly Obligation[] {
  const unread = messages.find(({ severity, message }) => severity === "error" || UNREAD.test(message));
  if (unread !== undefined) throw new Error(`the model checker cannot read a source: ${unread.message}`);
  const gaveUp = new Set(messages.filter(({ errorCode }) => errorCode === GAVE_UP).map(placeKey));
  const byObligation = Map.groupBy(
    messages.flatMap((message) => {
      const [, by, kind, says] = STATEMENT.exec(message.message) ?? [];
      return by === undefined || kind === undefined || says === undefined ? [] : [{ message, by, kind, says }];
    }),
    ({ message, kind }) => `${placeKey(message)} ${kind}`,
  );
  return [...byObligation.values()].flatMap((statements) => {
    const [first] = statements;
    if (first?.message.sourceLocation === undefined) return [];
    const { message, kind } = first;
    const of = (engine: string) => statements.filter(({ by }) => by === engine).map(({ says }) => says);
    const proves = (says: readonly string[]) => says.length > 0 && says.every((word) => word === "is safe!");
    const prover = proves(of("CHC")) ? "CHC" : proves(of("BMC")) && !gaveUp.has(placeKey(message)) ? "BMC" : undefined;
    const isViolated = statements.some(({ says }) => says === "happens here");
    return [
      {
        ...describe(first.message.sourceLocation, read),
        kind,
        verdict: isViolated
          ? ("violated" as const)
          : prover === undefined
            ? ("undecided" as const)
            : ("proved" as const),
        engine: prover ?? "",
      },
    ];
  });
}

function placeKey({ sourceLocation }: Message): string {
  return sourceLocation === undefined ? "" : `${sourceLocation.file}:${sourceLocation.start}:${sourceLocation.end}`;
}

/** Offsets are bytes of the text that solc was given. */
function describe(
  { file, start, end }: { readonly file: string; readonly start: number; readonly end: number },
  read: (file: string) => string,
): { readonly place: string; readonly claim: string } {
  const bytes = Buffer.from(read(file), "utf8");
  const line = bytes.subarray(0, start).toString("utf8").split("\n").length;
  const claim = bytes.subarray(start, end).toString("utf8").replace(/\s+/g, " ");
  return { place: `${file.split("/").at(-1)}:${line}`, claim };
}
