import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Answering, ChatAnswer } from "./answerChat.ts";
import { answerChat, answerEmbeddings } from "./answerChat.ts";
import { ApiError, toApiError } from "./apiError.ts";
import { callerOf } from "./caller.ts";
import type { PromptRequest } from "./chatRequest.ts";
import { given, parseBody } from "./chatRequest.ts";
import { textsSchema } from "./embeddingsRoute.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { findEntry } from "./hostedEntry.ts";
import { ollamaChatSchema, ollamaGenerateSchema, promptOf } from "./ollamaRequest.ts";
import { goneSignal, streamAnswer } from "./streamAnswer.ts";

const modelField = z.string().min(1).max(256);
export const embedSchema = z.object({
  model: modelField,
  input: textsSchema,
  truncate: given(z.boolean()),
  dimensions: z.null({ error: "shorter vectors are not served here" }).optional(),
});
export const embeddingsSchema = z.object({ model: modelField, prompt: z.string().min(1) });

type Entries = () => readonly HostedEntry[];

/** How one of Ollama's two ways to answer writes a piece of text. */
type Voice = (text: string) => Readonly<Record<string, unknown>>;

/** Ollama's `/api/chat`, `/api/generate`, `/api/embed` and `/api/embeddings`; answers stream as lines of JSON. */
export function addOllamaRoutes(app: FastifyInstance, answering: Answering, entries: Entries): void {
  app.post("/api/chat", async (http, reply) => {
    const body = parseBody(ollamaChatSchema, http.body);
    return await speak(http, reply, {
      ...body,
      request: promptOf(body, body.messages ?? []),
      promptParam: "messages",
      voice: (content) => ({ message: { role: "assistant", content } }),
    });
  });

  app.post("/api/generate", async (http, reply) => {
    const body = parseBody(ollamaGenerateSchema, http.body);
    const { system = "", prompt = "" } = body;
    return await speak(http, reply, {
      ...body,
      request: promptOf(body, [
        ...(system === "" ? [] : [{ role: "system", content: system } as const]),
        ...(prompt === "" ? [] : [{ role: "user", content: prompt } as const]),
      ]),
      promptParam: "prompt",
      voice: (response) => ({ response }),
    });
  });

  const speak = async (
    http: FastifyRequest,
    reply: FastifyReply,
    {
      model,
      stream,
      request,
      promptParam,
      voice,
      format,
    }: {
      readonly model: string;
      readonly stream: boolean | undefined;
      readonly request: PromptRequest;
      readonly promptParam: string;
      readonly voice: Voice;
      readonly format: unknown;
    },
  ): Promise<unknown> => {
    const entry = findEntry(entries(), model);
    if (format !== undefined && entry.manifest.wrapper.responseFormat !== undefined) {
      throw new ApiError(400, "format: this entry sets the form of its answers itself.", { param: "format" });
    }
    const head = () => ({ model, created_at: new Date(answering.now()).toISOString() });
    if (request.messages.every(({ role }) => role === "system")) {
      const leave = answering.admission.enter(callerOf(http));
      return await load(entry, { ...head(), ...voice("") }).finally(leave);
    }
    const asked = { entry, request, promptParam, caller: callerOf(http) };

    if (stream === false) {
      let text = "";
      const answer = await answerChat(answering, {
        ...asked,
        signal: goneSignal(reply),
        onStart: () => undefined,
        onText: (piece) => (text += piece),
      });
      return { ...head(), ...voice(text), ...endOf(answer) };
    }
    const line = (data: object): string => `${JSON.stringify(data)}\n`;
    return await streamAnswer(
      http,
      reply,
      {
        contentType: "application/x-ndjson",
        first: "",
        piece: (text) => line({ ...head(), ...voice(text), done: false }),
        last: (answer) => line({ ...head(), ...voice(""), ...endOf(answer) }),
        failed: ({ message }) => line({ error: message }),
      },
      (listener) => answerChat(answering, { ...asked, ...listener }),
    );
  };

  app.post("/api/embed", async (http, reply) => {
    const { model, input, truncate = true } = parseBody(embedSchema, http.body);
    const began = performance.now();
    const { vectors, tokens } = await embed(http, reply, { model, texts: input, truncate, promptParam: "input" });
    return {
      model,
      embeddings: vectors,
      total_duration: nanoseconds(performance.now() - began),
      load_duration: 0,
      prompt_eval_count: tokens,
    };
  });

  app.post("/api/embeddings", async (http, reply) => {
    const { model, prompt } = parseBody(embeddingsSchema, http.body);
    const { vectors } = await embed(http, reply, { model, texts: [prompt], truncate: true, promptParam: "prompt" });
    return { embedding: vectors[0] };
  });

  const embed = (
    http: FastifyRequest,
    reply: FastifyReply,
    { model, ...texts }: { model: string; texts: readonly string[]; truncate: boolean; promptParam: string },
  ) =>
    answerEmbeddings(answering, {
      ...texts,
      entry: findEntry(entries(), model),
      caller: callerOf(http),
      signal: goneSignal(reply),
    });
}

/** Ollama's clients ask nothing to have a model loaded. */
async function load(entry: HostedEntry, head: object): Promise<object> {
  await entry.runner.wake().catch((error: unknown) => {
    throw toApiError(error);
  });
  return { ...head, done: true, done_reason: "load" };
}

function endOf({ finish, bundle, times }: ChatAnswer) {
  return {
    done: true,
    done_reason: finish,
    total_duration: nanoseconds(times.waited + times.prompt + times.output),
    load_duration: nanoseconds(times.waited),
    prompt_eval_count: bundle.promptTokens.length,
    prompt_eval_duration: nanoseconds(times.prompt),
    eval_count: bundle.outputTokens.length,
    eval_duration: nanoseconds(times.output),
    coindrop: bundle,
  };
}

function nanoseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1_000_000);
}
