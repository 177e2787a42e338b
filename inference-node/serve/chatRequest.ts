import { z } from "zod";
import { ApiError } from "./apiError.ts";

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const content = z.union([
  z.string(),
  z.array(textPart, { error: "only text is understood" }).transform((parts) => parts.map(({ text }) => text).join("")),
]);
const given = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);
/** A feature that is not served: its neutral value is accepted, since clients send it unasked. */
const only = <T>(neutral: T, what: string) =>
  z
    .custom<T>((value) => value === undefined || value === null || value === neutral, {
      error: `${what} is not served here`,
    })
    .optional();

/** The part of OpenAI's chat request that changes an answer here. Fields that mean nothing to a small model are ignored. */
const chatRequestSchema = z.object({
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
  temperature: given(z.number().min(0).max(2)),
  top_p: given(z.number().gt(0).max(1)),
  top_k: given(z.int().min(0).max(1_000)),
  min_p: given(z.number().min(0).max(1)),
  repeat_penalty: given(z.number().min(0.5).max(2)),
  max_tokens: given(z.int().min(1).max(131_072)),
  max_completion_tokens: given(z.int().min(1).max(131_072)),
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
  stream: given(z.boolean()),
  stream_options: given(z.object({ include_usage: given(z.boolean()) })),
  n: only(1, "more than one answer"),
  logprobs: only(false, "logprobs"),
  frequency_penalty: only(0, "a frequency penalty"),
  presence_penalty: only(0, "a presence penalty"),
  tools: z.array(z.unknown()).max(0, { error: "tools are not served here" }).nullish(),
  response_format: z.object({ type: z.literal("text", { error: "the entry sets the response format" }) }).nullish(),
});

export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** Reads a chat request. Throws `ApiError` 400 that names the first wrong field. */
export function parseChatRequest(body: unknown): ChatRequest {
  const parsed = chatRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.map(String).join(".") ?? "";
  const message =
    param === "" ? "The body must be a JSON object with model and messages." : `${param}: ${issue?.message}.`;
  throw new ApiError(400, message, { ...(param !== "" && { param }), code: "invalid_value" });
}
