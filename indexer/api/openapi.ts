import { z } from "zod";
import { errorAnswer, readyAnswer, streamMessageSchema } from "#protocol/http.ts";
import { routes as urls } from "#protocol/routes.ts";
import type { Route } from "./route.ts";

type Json = { readonly [key: string]: unknown };

/** The API's description, made from the schemas that check it. Source: OpenAPI 3.1. */
export function describeApi(routes: readonly Route[]): Json {
  const shapes = new Map<string, z.ZodType>([
    ["Error", errorAnswer],
    ["Ready", readyAnswer],
    ["StreamMessage", streamMessageSchema],
    ...routes.map(({ answerName, answer }): [string, z.ZodType] => [answerName, answer]),
  ]);
  return {
    openapi: "3.1.0",
    info: {
      title: "Coindrop indexer",
      version: "1.0.0",
      description:
        "The ranking of Coindrop contests, folded from the chain's events. Amounts, weights and scores are decimal strings; " +
        "times are seconds since 1970; every answer names the block it is true at. Nothing here is signed: recount it.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths: {
      [urls.health]: {
        get: {
          operationId: "health",
          summary: "Whether the process is alive.",
          security: [],
          responses: ok({ type: "object" }),
        },
      },
      [urls.ready]: {
        get: {
          operationId: "ready",
          summary: "Whether the newest block of the chain is indexed; 503 with the reason where it is not.",
          security: [],
          responses: { ...ok(reference("Ready")), 503: answer("Not ready.", reference("Ready")) },
        },
      },
      [urls.events]: {
        get: {
          operationId: "events",
          summary:
            "Server-sent events: one for each block folded in, each rollback, each manifest that arrived. Resumes from Last-Event-ID.",
          security: [],
          parameters: [{ name: "contest", in: "query", required: false, schema: { type: "string" } }],
          responses: {
            200: {
              description: "A stream of messages.",
              content: { "text/event-stream": { schema: reference("StreamMessage") } },
            },
            ...errors,
          },
        },
      },
      ...Object.fromEntries(routes.map((route) => [pathOf(route.url), { get: operationOf(route) }])),
    },
    components: { schemas: schemasOf(shapes) },
  };
}

function operationOf({ summary, answerName, params, query }: Route): Json {
  return {
    operationId: answerName.charAt(0).toLowerCase() + answerName.slice(1),
    summary,
    security: [],
    parameters: [...parametersOf("path", params), ...parametersOf("query", query)],
    responses: { ...ok(reference(answerName)), ...errors },
  };
}

function parametersOf(where: "path" | "query", schema: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = toJsonSchema(schema) as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, shape]) => ({
    name,
    in: where,
    required: required.includes(name),
    schema: shape,
  }));
}

/** All shapes under their names; definitions inside a shape get a name beside it. */
function schemasOf(shapes: ReadonlyMap<string, z.ZodType>): Json {
  const schemas: Record<string, unknown> = {};
  for (const [name, shape] of shapes) {
    const { $defs = {}, ...schema } = toJsonSchema(shape) as { readonly $defs?: Readonly<Record<string, Json>> };
    const renamed = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replaceAll(`"#/$defs/`, `"#/components/schemas/${name}.`)) as unknown;
    schemas[name] = renamed(schema);
    for (const [inner, definition] of Object.entries($defs)) schemas[`${name}.${inner}`] = renamed(definition);
  }
  return schemas;
}

/** As it travels, that is before our own reading of it. */
function toJsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" }) as Json;
  return rest;
}

/** `/v1/contests/:contest` as OpenAPI writes it. */
function pathOf(url: string): string {
  return url.replaceAll(/:(\w+)/g, "{$1}");
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function answer(description: string, schema: Json): Json {
  return { description, content: { "application/json": { schema } } };
}

function ok(schema: Json): Json {
  return { 200: answer("The answer.", schema) };
}

const errors = {
  400: answer("A parameter is not valid; it is named.", reference("Error")),
  404: answer("There is no such thing.", reference("Error")),
  503: answer("Nothing is indexed yet.", reference("Error")),
};
