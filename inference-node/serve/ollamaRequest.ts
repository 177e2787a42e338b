import { z } from "zod";
import { answerSchema, anyObject } from "./answerSchema.ts";
import type { PromptRequest } from "./chatRequest.ts";
import { given, only, samplingFields } from "./chatRequest.ts";

const noImages = z.array(z.unknown()).max(0, { error: "images are not served here" }).nullish();
const noTools = z.array(z.unknown()).max(0, { error: "tools are not served here" }).nullish();

/** Ollama's options that change an answer here; those about memory and threads are the operator's. */
const optionsSchema = z.object({
  ...samplingFields,
  /** -1 and -2 mean as many as fit. */
  num_predict: given(z.int().min(-2).max(131_072)),
  num_ctx: given(z.int().min(1).max(16_777_216)),
  presence_penalty: only(0, "a presence penalty"),
  frequency_penalty: only(0, "a frequency penalty"),
});

const common = {
  model: z.string().min(1).max(256),
  stream: given(z.boolean()),
  format: given(
    z
      .union([z.literal(""), z.literal("json"), answerSchema], { error: 'must be "json" or a JSON schema' })
      .transform((format) => (format === "" ? undefined : format === "json" ? anyObject : format)),
  ),
  options: given(optionsSchema),
  keep_alive: z.union([z.string(), z.number()]).nullish(),
  think: only(false, "thinking"),
  logprobs: only(false, "logprobs"),
  tools: noTools,
};

export const ollamaChatSchema = z.object({
  ...common,
  messages: given(
    z
      .array(
        z.object({
          role: z.enum(["system", "user", "assistant"], { error: "role must be system, user or assistant" }),
          content: z.string(),
          images: noImages,
        }),
      )
      .max(512),
  ),
});

export const ollamaGenerateSchema = z.object({
  ...common,
  prompt: given(z.string()),
  system: given(z.string()),
  images: noImages,
  raw: only(false, "a prompt without the entry's wrapper"),
  suffix: only("", "text after the answer"),
  template: only("", "another template than the model's"),
  context: z.array(z.unknown()).max(0, { error: "send the conversation to /api/chat instead" }).nullish(),
});

type Common = Pick<z.infer<typeof ollamaChatSchema>, "format" | "options">;

/** What an Ollama request asks of the model. */
export function promptOf({ format, options }: Common, messages: PromptRequest["messages"]): PromptRequest {
  const { num_predict: most = -1, ...sampling } = options ?? {};
  return {
    ...(options === undefined ? {} : sampling),
    messages,
    ...(most > 0 && { max_tokens: most }),
    ...(format !== undefined && { response_format: { type: "json_schema", schema: format } }),
  };
}
