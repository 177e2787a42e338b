import { z } from "zod";
import type { EndpointName } from "#protocol/endpoints.ts";
import { endpoints, refusal } from "#protocol/endpoints.ts";
import { routes as urls } from "#protocol/routes.ts";
import written from "./examples.json" with { type: "json" };

type Json = { readonly [key: string]: unknown };

/** What a real indexer answered, written by test/integration/indexer/client.test.ts. A new route has none yet. */
const examples: {
  readonly answers: Readonly<Partial<Record<EndpointName, Json & { readonly asked: Json }>>>;
  readonly refusals: Json;
} = written;

const summaries: Readonly<Record<EndpointName, string>> = {
  health: "Whether the process is alive.",
  ready: "Whether the newest block of the chain is indexed; 503 with the reason where it is not.",
  metrics: "Counters and gauges for Prometheus.",
  openapi: "This description.",
  contests: "All contests of the factory, newest first.",
  contest: "One contest: rules, phase, pot, result.",
  entries: "Entries of a contest by id, with manifests; all words of `search` must occur.",
  entry: "One entry.",
  ranking:
    "Every entry of a contest by projected or final score, ranked ones first; with `block`, as it was after that one.",
  history: "Scores over time, exact at the end of each bucket.",
  voters: "Wallets with a stake in a contest, or on one entry, by address: pages stay stable while things happen.",
  voter: "What a wallet has in a contest: stakes, credits, entries.",
  activity: "What happened in a contest, newest first.",
  snapshot: "Every entry at a finalised block, the newest or `block`, and the root of the Merkle tree over them.",
  snapshotProof: "One entry of a snapshot with the proof that it belongs to the root.",
  nodes: "Nodes in the order of their registration; with `contest` or `entry` those that attested it.",
  events:
    "Server-sent events: one for each block folded in, each rollback, each manifest that arrived. Resumes from Last-Event-ID.",
};

const meanings: Readonly<Record<string, string>> = {
  contest: "Address of a contest.",
  id: "Id of an entry, from 1.",
  wallet: "Address of a wallet.",
  search: "Words that must all occur in an entry's name, tagline, description, team or author.",
  category: "Category of a manifest.",
  block: "Number of a block that is indexed; without it the newest one, for snapshots the newest finalised one.",
  buckets: "How many equal stretches of time.",
  limit: "How many items at most.",
  after: "`next` of the page before.",
  before: "`next` of the page before.",
  entry: "Only what concerns the entry with this id.",
  account: "Only what this wallet did.",
};

/** The API's description, made from the schemas that check it; its examples are answers of a real one. Source: OpenAPI 3.1. */
export function describeApi(): Json {
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
    paths: Object.fromEntries(names.map((name) => [pathOf(urls[name]), { get: operationOf(name) }])),
    components: { schemas: schemas() },
  };
}

const names = Object.keys(endpoints) as EndpointName[];

function operationOf(name: EndpointName): Json {
  const { params, query } = endpoints[name];
  const asked = examples.answers[name]?.asked ?? {};
  const parameters = [...parametersOf("path", params, asked), ...parametersOf("query", query, asked)];
  return {
    operationId: name,
    summary: summaries[name],
    security: [],
    parameters: name === "events" ? [...parameters, lastEventId] : parameters,
    responses: responsesOf(name),
  };
}

const lastEventId = {
  name: "Last-Event-ID",
  in: "header",
  required: false,
  description: "Position of the last message that was heard; what came after it is told first.",
  schema: { type: "string" },
  example: examples.answers.events?.["lastEventId"],
};

function parametersOf(where: "path" | "query", schema: z.ZodObject, asked: Json): Json[] {
  const { properties = {}, required = [] } = toJsonSchema(schema) as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, shape]) => ({
    name,
    in: where,
    required: required.includes(name),
    description: meanings[name],
    schema: shape,
    example: asked[name],
  }));
}

const types: Readonly<Partial<Record<EndpointName, string>>> = { metrics: "text/plain", events: "text/event-stream" };

function responsesOf(name: EndpointName): Json {
  const { params, query } = endpoints[name];
  const example = name === "openapi" ? { openapi: "3.1.0", paths: {} } : examples.answers[name]?.["answer"];
  const content = { [types[name] ?? "application/json"]: { schema: reference(capital(name)), example } };
  const isFromRows = urls[name].startsWith("/v1/") && name !== "events";
  const hasParams = Object.keys(params.shape).length > 0;
  const hasParameters = hasParams || Object.keys(query.shape).length > 0;
  return {
    200: {
      description: "The answer.",
      content,
      ...(isFromRows && { headers: { ETag: etag, "Projection-Version": version } }),
    },
    ...(isFromRows && { 304: { description: "The answer that the ETag in If-None-Match names still holds." } }),
    ...(hasParameters && { 400: refused("A parameter is not valid; it is named.", "400") }),
    ...((hasParams || "block" in query.shape) && { 404: refused("There is no such thing, or not yet.", "404") }),
    ...(name !== "health" && { 429: refused("One address asks too often.", "429", { "Retry-After": retryAfter }) }),
    ...(isFromRows && { 503: refused("Nothing is indexed yet.", "503", { "Retry-After": retryAfter }) }),
    ...(name === "events" && { 503: refused("Too many listeners.", "listeners", { "Retry-After": retryAfter }) }),
    ...(name === "ready" && {
      503: {
        description: "Not ready; why, and how far it is.",
        content: { "application/json": { schema: reference("Ready"), example: examples.answers.ready?.["notReady"] } },
      },
    }),
    ...(name !== "health" && { 500: refused("The indexer failed; its log says why.", "500") }),
  };
}

const etag = { description: "Names this answer, for If-None-Match.", schema: { type: "string" } };
const version = { description: "Version of the fold whose rows this was made of.", schema: { type: "integer" } };
const retryAfter = { description: "Seconds after which to ask again.", schema: { type: "integer" } };

function refused(description: string, example: string, headers?: Json): Json {
  const content = { "application/json": { schema: reference("Error"), example: examples.refusals[example] } };
  return { description, content, ...(headers !== undefined && { headers }) };
}

/** All shapes under their names; definitions inside a shape get a name beside it. */
function schemas(): Json {
  const all: Record<string, unknown> = {};
  const shapes = names.map((name) => [capital(name), endpoints[name].answer] as const);
  for (const [name, shape] of [["Error", refusal] as const, ...shapes]) {
    const { $defs = {}, ...schema } = toJsonSchema(shape) as { readonly $defs?: Readonly<Record<string, Json>> };
    const renamed = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replaceAll(`"#/$defs/`, `"#/components/schemas/${name}.`)) as unknown;
    all[name] = renamed(schema);
    for (const [inner, definition] of Object.entries($defs)) all[`${name}.${inner}`] = renamed(definition);
  }
  return all;
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

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
