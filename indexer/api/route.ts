import { z } from "zod";
import type { Rows } from "../store/rows.ts";
import { BadParameterError } from "../views/errors.ts";

/** One question that the API answers: shapes in, shape out, and how. */
export type Route = {
  readonly url: string;
  /** One sentence for the API's description. */
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Name of the answer's shape in the API's description. */
  readonly answerName: string;
  readonly answer: z.ZodType;
  /** Answers from rows that are all of one moment. */
  readonly handle: (rows: Rows, params: unknown, query: unknown) => Promise<unknown>;
};

type RouteOptions<P extends z.ZodObject, Q extends z.ZodObject, A extends z.ZodType> = {
  readonly url: string;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly answerName: string;
  readonly answer: A;
  readonly handle: (rows: Rows, params: z.output<P>, query: z.output<Q>) => Promise<z.input<A> | Readonly<z.input<A>>>;
};

const nothing = z.object({});

/** Describes a route; its parameters are checked before `handle` sees them. */
export function defineRoute<P extends z.ZodObject, Q extends z.ZodObject, A extends z.ZodType>(
  options: RouteOptions<P, Q, A>,
): Route {
  const params = options.params ?? nothing;
  const query = options.query ?? nothing;
  return {
    url: options.url,
    summary: options.summary,
    answerName: options.answerName,
    answer: options.answer,
    params,
    query,
    handle: async (rows, givenParams, givenQuery) =>
      options.handle(
        rows,
        parseParameters(params, givenParams) as z.output<P>,
        parseParameters(query, givenQuery) as z.output<Q>,
      ),
  };
}

/** Checks parameters. Throws `BadParameterError` that names the first wrong one. */
export function parseParameters<S extends z.ZodObject>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadParameterError(String(issue?.path[0] ?? "?"), issue?.message ?? "it is not valid");
}
