import { z } from "zod";
import { sha256Schema } from "./primitives.ts";

/** Answer of `GET /v1/entries/<contest>/<entryId>/card`: what an entry's model is, and what it did on this node. */
export const modelCardSchema = z.object({
  id: z.string(),
  name: z.string(),
  parameters: z.int().positive(),
  quantization: z.string(),
  license: z.string(),
  modelSha256: sha256Schema,
  fileBytes: z.int().nonnegative(),
  contextSize: z.int().positive(),
  /** What it runs on: CPU build or card. */
  hardware: z.string(),
  /** Resident memory of the model's process now, with a llama-server that it started; null while it is not loaded, or where the system does not tell. */
  memoryBytes: z.int().nonnegative().nullable(),
  /** Medians over the newest answers; null before the first. */
  measured: z
    .object({
      answers: z.int().positive(),
      tokensPerSecond: z.number().positive(),
      timeToFirstTokenMs: z.number().nonnegative(),
    })
    .nullable(),
  /** From the operator's power and hardware prices; null where they are not told or nothing was measured. */
  cost: z
    .object({
      currency: z.string(),
      /** Per million tokens of answers, while the machine does nothing else; the sum of the two below. */
      perMillionTokens: z.number().nonnegative(),
      electricity: z.number().nonnegative(),
      hardware: z.number().nonnegative(),
    })
    .nullable(),
});
export type ModelCard = z.infer<typeof modelCardSchema>;
