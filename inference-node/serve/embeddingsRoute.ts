import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Answering } from "./answerChat.ts";
import { answerEmbeddings } from "./answerChat.ts";
import { callerOf } from "./caller.ts";
import { given, parseBody } from "./chatRequest.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { findEntry, idOf } from "./hostedEntry.ts";
import { goneSignal } from "./streamAnswer.ts";

/** One text or several, as every API here takes them for vectors. */
export const textsSchema = z.union(
  [
    z
      .string()
      .min(1)
      .transform((text) => [text]),
    z.array(z.string().min(1)).min(1).max(256),
  ],
  { error: "must be a text or a list of 1 to 256 texts, none of them empty; token ids are not served here" },
);

export const embeddingsRequestSchema = z.object({
  model: z.string().min(1).max(256),
  input: textsSchema,
  encoding_format: given(z.enum(["float", "base64"])),
  dimensions: z.null({ error: "shorter vectors are not served here" }).optional(),
});

/** `POST /v1/embeddings`: vectors of length 1 from the entry's own model, as numbers or as little-endian float32. */
export function addEmbeddingsRoute(
  app: FastifyInstance,
  answering: Answering,
  entries: () => readonly HostedEntry[],
): void {
  app.post("/v1/embeddings", async (http, reply) => {
    const request = parseBody(embeddingsRequestSchema, http.body);
    const entry = findEntry(entries(), request.model);
    const { vectors, tokens } = await answerEmbeddings(answering, {
      entry,
      texts: request.input,
      truncate: false,
      caller: callerOf(http),
      promptParam: "input",
      signal: goneSignal(reply),
    });
    const encode = request.encoding_format === "base64" ? toBase64 : (vector: readonly number[]) => vector;
    return {
      object: "list",
      model: idOf(entry),
      data: vectors.map((vector, index) => ({ object: "embedding", index, embedding: encode(vector) })),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  });
}

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
