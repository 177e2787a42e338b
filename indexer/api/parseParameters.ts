import type { z } from "zod";
import { BadParameterError } from "../views/errors.ts";

/** Checks parameters. Throws `BadParameterError` that names the first wrong one. */
export function parseParameters<S extends z.ZodObject>(schema: S, given: unknown): z.output<S> {
  const known = Object.keys(schema.shape).join(", ") || "none";
  const parsed = schema.safeParse(given, { error: (issue) => inWords(issue, known) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const stranger = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  throw new BadParameterError(String(stranger ?? issue?.path[0] ?? "?"), issue?.message ?? "it is not what it must be");
}

function inWords(issue: z.core.$ZodRawIssue, known: string): string | undefined {
  if (issue.code === "invalid_type") return "it must be given once";
  if (issue.code === "too_big") return `it is longer than ${issue.maximum} characters`;
  if (issue.code === "unrecognized_keys") return `there is none of this name here; known: ${known}`;
  return undefined;
}
