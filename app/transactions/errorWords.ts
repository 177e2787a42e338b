import { errorSentences } from "../words/errors.en.ts";
import { words } from "../words/words.ts";

/** What an amount in an error is measured in, so that the sentence can say it. */
export type ErrorMeasure = { readonly amount: (wei: bigint) => string };

const plain: ErrorMeasure = { amount: (wei) => wei.toString() };

/** A sentence and a next step for a custom error of the contracts. `args` as the ABI gives them. */
export function errorWords(name: string, args: readonly unknown[], measure: ErrorMeasure = plain): string {
  const sentence = errorSentences[name];
  return sentence === undefined ? words.errors.unknown : sentence(args, measure);
}

/** The names that have words. */
export function knownErrors(): readonly string[] {
  return Object.keys(errorSentences);
}
