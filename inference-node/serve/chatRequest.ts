import { z } from "zod";
import type { AnswerFormat } from "../engine/childProtocol.ts";
import { answerSchema, anyObject } from "./answerSchema.ts";
import { ApiError } from "./apiError.ts";

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const content = z.union([z.string(), z.array(textPart).transform((parts) => parts.map(({ text }) => text).join(""))], {
  error: "only text is understood: a string, or parts of type text. Images and audio are not served here",
});
export const given = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);
/** A feature that is not served: its neutral value is accepted, since clients send it unasked. */
export const only = <T>(neutral: T, what: string) =>
  z
    .custom<T>((value) => value === undefined || value === null || value === neutral, {
      error: `${what} is not served here`,
    })
    .optional();

/** Fields about sampling that OpenAI's two ways to ask share, with llama.cpp's beside them. */
export const samplingFields = {
  temperature: given(z.number().min(0).max(2)),
  top_p: given(z.number().gt(0).max(1)),
  top_k: given(z.int().min(0).max(1_000)),
  min_p: given(z.number().min(0).max(1)),
  repeat_penalty: given(z.number().min(0.5).max(2)),
  seed: given(z.int()),
  stop: given(
    z.union([
      z
        .string()
        .min(1)
        .max(128)
        .transform((text) => [text]),
      z.array(z.string().min(1).max(128)).max(8),
    ]),
  ),
};

/** What an answer must look like; absent where any text will do. */
const responseFormat = z
  .discriminatedUnion(
    "type",
    [
      z.object({ type: z.literal("text") }),
      z.object({ type: z.literal("json_object") }),
      z.object({ type: z.literal("json_schema"), json_schema: z.object({ schema: answerSchema }) }),
    ],
    { error: "must be text, json_object or json_schema" },
  )
  .transform((format): AnswerFormat | undefined => {
    if (format.type === "text") return undefined;
    return { type: "json_schema", schema: format.type === "json_object" ? anyObject : format.json_schema.schema };
  });

/** The part of OpenAI's chat request that changes an answer here. Fields that mean nothing to a small model are ignored. */
export const chatRequestSchema = z.object({
  model: z.string().min(1).max(256),
  messages: z
    .array(
      z.object({
        role: z.enum(["system", "developer", "user", "assistant"], {
          error: "role must be system, developer, user or assistant",
        }),
        content: content,
      }),
    )
    .min(1)
    .max(512),
  ...samplingFields,
  max_tokens: given(z.int().min(1).max(131_072)),
  max_completion_tokens: given(z.int().min(1).max(131_072)),
  stream: given(z.boolean()),
  stream_options: given(z.object({ include_usage: given(z.boolean()) })),
  n: only(1, "more than one answer"),
  logprobs: only(false, "logprobs"),
  frequency_penalty: only(0, "a frequency penalty"),
  presence_penalty: only(0, "a presence penalty"),
  tools: z.array(z.unknown()).max(0, { error: "tools are not served here" }).nullish(),
  functions: z.array(z.unknown()).max(0, { error: "functions are not served here" }).nullish(),
  logit_bias: z.record(z.string(), z.never({ error: "a bias of tokens is not served here" })).nullish(),
  response_format: given(responseFormat),
});

export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** The part of a request that decides an answer, whichever API it came by. */
export type PromptRequest = Pick<ChatRequest, "messages"> &
  Partial<Pick<ChatRequest, keyof typeof samplingFields | "max_tokens" | "max_completion_tokens" | "response_format">>;

/** Reads a chat request. Throws `ApiError` 400 that names the first wrong field. */
export function parseChatRequest(body: unknown): ChatRequest {
  return parseBody(chatRequestSchema, body);
}

/** Reads a request's body. Throws `ApiError` 400 that names the first wrong field. */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.map(String).join(".") ?? "";
  const message = param === "" ? "The body must be a JSON object." : `${param}: ${issue?.message}.`;
  throw new ApiError(400, message, { ...(param !== "" && { param }), code: "invalid_value" });
}
