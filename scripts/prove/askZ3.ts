/** Puts the model checker's questions to z3. */

import { spawnSync } from "node:child_process";

/** Seconds for a question as Horn clauses (CHC), and for a plain formula (BMC). Answers that come at all come much sooner. */
const HORN_SECONDS = 3;
const FORMULA_SECONDS = 15;
/** As solc's own z3 is set. Source: solc-js, smtsolver. */
const OPTIONS = [
  "rewriter.pull_cheap_ite=true",
  "fp.spacer.q3.use_qgen=true",
  "fp.spacer.mbqi=false",
  "fp.spacer.ground_pobs=false",
];

/** Returns a function that answers one question in SMT-LIB 2 with z3's own words. */
export function askZ3(file: string): (question: string) => string {
  return (question) => {
    const seconds = question.includes("(set-logic HORN)") ? HORN_SECONDS : FORMULA_SECONDS;
    const { stdout, error } = spawnSync(file, ["-smt2", "-in", `-T:${seconds}`, ...OPTIONS], {
      input: question,
      encoding: "utf8",
      maxBuffer: 1 << 30,
    });
    if (error !== undefined) throw error;
    return stdout;
  };
}
