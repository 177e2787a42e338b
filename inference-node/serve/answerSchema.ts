import { z } from "zod";

type Schema = Readonly<Record<string, unknown>>;

const most = { characters: 16_384, depth: 16, times: 256 };

/**
 * A JSON schema of a caller's, small enough to be made into a grammar.
 *
 * Repetitions are counted out in the grammar, one rule each and nested ones multiplied, so both are bounded.
 */
export const answerSchema = z.record(z.string(), z.json()).superRefine((schema, context) => {
  const problem =
    JSON.stringify(schema).length > most.characters
      ? `the schema is longer than ${most.characters} characters`
      : problemOf(schema, 0, 1);
  if (problem !== null) context.addIssue({ code: "custom", message: problem });
});

const counts = ["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"];

function problemOf(value: unknown, depth: number, times: number): string | null {
  if (depth > most.depth) return `the schema is nested deeper than ${most.depth} levels`;
  if (Array.isArray(value)) return firstProblem(value, depth, times);
  if (typeof value !== "object" || value === null) return null;
  const schema = value as Schema;
  let repeated = times;
  for (const name of counts) {
    const count = schema[name];
    if (typeof count !== "number") continue;
    if (!Number.isInteger(count) || count < 0 || count > most.times) {
      return `${name} must be a whole number from 0 to ${most.times}`;
    }
    if (name.endsWith("Items") && count > 0) repeated = Math.max(repeated, times * count);
  }
  if (repeated > most.times) return `nested lists multiply to more than ${most.times} items`;
  return firstProblem(Object.values(schema), depth, repeated);
}

function firstProblem(values: readonly unknown[], depth: number, times: number): string | null {
  for (const value of values) {
    const problem = problemOf(value, depth + 1, times);
    if (problem !== null) return problem;
  }
  return null;
}

/** The schema of whatever is a JSON object. */
export const anyObject = { type: "object", additionalProperties: true } as const;
