import { z } from "zod";

/** How the model is opened: as the node that is audited says it opened it. */
export type JudgeOptions = {
  readonly modelPath: string;
  readonly adapterPaths: readonly string[];
  /** Tokens of the longest prompt with its answer. */
  readonly contextSize: number;
  readonly batchSize: number;
  readonly threads: number;
};

export type ToJudge =
  | { readonly type: "open"; readonly options: JudgeOptions }
  | { readonly type: "judge"; readonly prompt: readonly number[]; readonly answer: readonly number[] };

/** What the process that holds the model may say: one `opened`, then one `judged` for each `judge`. */
export const fromJudgeSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("opened"), llamaCpp: z.string(), variant: z.string(), contextSize: z.int() }),
  /** What the model itself says at each place of the answer. */
  z.object({ type: z.literal("judged"), tokens: z.array(z.int()) }),
  z.object({ type: z.literal("failed"), message: z.string() }),
]);
export type FromJudge = z.infer<typeof fromJudgeSchema>;
