import { z } from "zod";
import { attestationsAnswer, bundleSchema } from "#protocol/node.ts";
import { chatRequestSchema } from "./chatRequest.ts";
import { completionRequestSchema } from "./completionRoute.ts";
import { embeddingsRequestSchema } from "./embeddingsRoute.ts";
import { callSchema, cancelSchema, joinSchema } from "./gradioRoutes.ts";
import { showSchema } from "./ollamaModels.ts";
import { ollamaChatSchema, ollamaGenerateSchema } from "./ollamaRequest.ts";
import { embeddingsSchema, embedSchema } from "./ollamaRoutes.ts";
import written from "./openapiExamples.json" with { type: "json" };

type Json = { readonly [key: string]: unknown };

/** What a real node answered, written by test/integration/node/openapiExamples.test.ts. Some routes have none. */
const examples: Readonly<
  Partial<
    Record<
      string,
      { readonly parameters?: Readonly<Record<string, string>>; readonly body?: Json; readonly answer: unknown }
    >
  >
> = written;

const error = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});
const textError = z.object({ error: z.string(), param: z.string().nullable(), code: z.string().nullable() });

const shapes: Readonly<Record<string, z.ZodType>> = {
  Error: error,
  TextError: textError,
  Receipt: bundleSchema,
  Attestations: attestationsAnswer,
  ChatRequest: chatRequestSchema,
  CompletionRequest: completionRequestSchema,
  EmbeddingsRequest: embeddingsRequestSchema,
  OllamaChatRequest: ollamaChatSchema,
  OllamaGenerateRequest: ollamaGenerateSchema,
  OllamaEmbedRequest: embedSchema,
  OllamaEmbeddingsRequest: embeddingsSchema,
  OllamaShowRequest: showSchema,
  GradioCall: callSchema,
  GradioJoin: joinSchema,
  GradioCancel: cancelSchema,
};

const answered = {
  type: "object",
  description: "As the API's own clients expect it. The receipt is in `coindrop`, in a stream in its last part.",
  properties: { coindrop: reference("Receipt") },
} as const;
const plain = { type: "object" } as const;

type Operation = {
  readonly summary: string;
  readonly body?: keyof typeof shapes;
  readonly type?: string;
  readonly also?: string;
  readonly schema?: Json;
};

const gets: Readonly<Record<string, Operation>> = {
  "/": { summary: "Who this node is, what it serves, and what it keeps of your prompts: nothing." },
  "/openapi.json": { summary: "This description." },
  "/health": { summary: "Whether the node is loading, ready, degraded or stopping; 503 where it does not serve." },
  "/ready": { summary: "How far the node has come with each entry; 503 until it serves." },
  "/metrics": { summary: "Counters and gauges for Prometheus.", type: "text/plain", schema: { type: "string" } },
  "/props": { summary: "llama-server's view of a model's settings. Query: model." },
  "/slots": { summary: "llama-server's view of what is answered now. Query: model.", schema: { type: "array" } },
  "/v1/models": { summary: "The entries that are served, as models." },
  "/v1/models/{model}": { summary: "One of them, by its id or its name." },
  "/v1/attestations": { summary: "What the node attests, signed.", schema: reference("Attestations") },
  "/v1/entries/{contest}/{entryId}/card": { summary: "A model's card: size, speed and cost, measured." },
  "/manifests/{sha256}": { summary: "An entry's manifest by its hash." },
  "/models/{sha256}": {
    summary: "A model file by its hash, whole or in ranges.",
    type: "application/octet-stream",
    schema: {},
  },
  "/api/version": { summary: "Ollama: the version whose clients are served." },
  "/api/tags": { summary: "Ollama: the models. `digest` is the manifest's, not the file's." },
  "/api/ps": { summary: "Ollama: the models that are loaded." },
  "/config": { summary: "Gradio: one function, chat(message, model)." },
  "/gradio_api/config": { summary: "Gradio: the same." },
  "/gradio_api/info": { summary: "Gradio: what the function takes and gives." },
  "/gradio_api/queue/data": {
    summary: "Gradio: the messages of a session. Query: session_hash.",
    type: "text/event-stream",
    schema: { type: "string" },
  },
  "/gradio_api/call/{name}/{id}": {
    summary: "Gradio: the answer to a call.",
    type: "text/event-stream",
    schema: { type: "string" },
  },
};

const posts: Readonly<Record<string, Operation>> = {
  "/v1/chat/completions": {
    summary: "OpenAI: an answer to a conversation.",
    body: "ChatRequest",
    schema: answered,
    also: "text/event-stream",
  },
  "/v1/completions": {
    summary: "OpenAI: an answer to one text, which the entry's wrapper goes around too.",
    body: "CompletionRequest",
    schema: answered,
    also: "text/event-stream",
  },
  "/v1/embeddings": { summary: "OpenAI: vectors of texts.", body: "EmbeddingsRequest" },
  "/api/chat": {
    summary: "Ollama: an answer to a conversation.",
    body: "OllamaChatRequest",
    schema: answered,
    also: "application/x-ndjson",
  },
  "/api/generate": {
    summary: "Ollama: an answer to one text.",
    body: "OllamaGenerateRequest",
    schema: answered,
    also: "application/x-ndjson",
  },
  "/api/embed": { summary: "Ollama: vectors of texts.", body: "OllamaEmbedRequest" },
  "/api/embeddings": { summary: "Ollama: the vector of one text.", body: "OllamaEmbeddingsRequest" },
  "/api/show": { summary: "Ollama: one model.", body: "OllamaShowRequest" },
  "/gradio_api/queue/join": { summary: "Gradio: a call whose answer its session hears.", body: "GradioJoin" },
  "/gradio_api/call/{name}": { summary: "Gradio: a call whose answer is fetched by its id.", body: "GradioCall" },
  "/gradio_api/cancel": { summary: "Gradio: ends a call.", body: "GradioCancel" },
  "/gradio_api/reset": { summary: "Gradio: the same.", body: "GradioCancel" },
};

/** The API's description, made from the schemas that check requests. Source: OpenAPI 3.1. */
export function describeNodeApi(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [method, operations] of [["get", gets] as const, ["post", posts] as const]) {
    for (const [path, operation] of Object.entries(operations)) {
      paths[path] = { ...paths[path], [method]: describe(method, path, operation) };
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Coindrop inference node",
      version: "1.0.0",
      description:
        "Models of a contest behind the APIs of OpenAI, Ollama, Gradio and llama-server. Each answer carries a signed receipt: " +
        "it proves what the node asserts, not what it ran.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths,
    components: { schemas: schemas() },
  };
}

function describe(method: string, path: string, { summary, body, type, also, schema = plain }: Operation): Json {
  const refusal = reference(/^\/(?:gradio_)?api\//.test(path) ? "TextError" : "Error");
  const example = examples[`${method} ${path}`];
  const refused = (description: string) => ({ description, content: { "application/json": { schema: refusal } } });
  return {
    operationId: `${method} ${path}`.replaceAll(/[^a-z0-9]+/gi, "_"),
    summary,
    security: [],
    parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
      ...(example?.parameters !== undefined && { example: example.parameters[name ?? ""] }),
    })),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: {
          "application/json": { schema: reference(body), ...(example !== undefined && { example: example.body }) },
        },
      },
    }),
    responses: {
      200: {
        description: "The answer.",
        content: {
          [type ?? "application/json"]: { schema, ...(example !== undefined && { example: example.answer }) },
          ...(also !== undefined && { [also]: { schema: { type: "string" } } }),
        },
      },
      ...(method === "post" && {
        400: refused("A field is not valid, or not served here; it is named."),
        429: refused("One client asks too much at a time; Retry-After says when to come back."),
        503: refused("Full, still loading, or shutting down; Retry-After says when to come back."),
      }),
      404: refused("There is no such thing here."),
    },
  };
}

/** All shapes under their names; definitions inside a shape get a name beside it. */
function schemas(): Json {
  const all: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const {
      $schema: _,
      $defs = {},
      ...schema
    } = z.toJSONSchema(shape, { io: "input", unrepresentable: "any" }) as {
      readonly $defs?: Json;
    } & Json;
    const renamed = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value).replaceAll(`"#/$defs/`, `"#/components/schemas/${name}.`));
    all[name] = renamed(schema);
    for (const [inner, definition] of Object.entries($defs)) all[`${name}.${inner}`] = renamed(definition);
  }
  return all;
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
