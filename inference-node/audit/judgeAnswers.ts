import { InvalidInputError } from "#protocol/errors.ts";
import type { Engine } from "#protocol/node.ts";
import { bytesInWords } from "../engine/bytesInWords.ts";
import type { FailingReceipt } from "./checkReceipt.ts";
import { JudgeError, openJudge } from "./openJudge.ts";
import type { ReadBundle } from "./readBundles.ts";

export type JudgedAnswer = ReadBundle & {
  /** What the model says at each place of the answer. */
  readonly said: readonly number[];
  readonly build: Pick<Engine, "llamaCpp" | "variant">;
};

export type JudgeSettings = {
  readonly modelPath: string;
  readonly adapterPaths: readonly string[];
  readonly threads: number;
  /** Which of llama.cpp's CPU backends; the best for this CPU where it is absent. */
  readonly backend?: string | undefined;
  /** Bytes that the model takes with a context and a batch. */
  readonly weigh: (sizes: { readonly contextSize: number; readonly batchSize: number }) => number;
  /** Bytes that may be taken; what the machine has left where it is absent. */
  readonly memory?: number;
  readonly onProgress: (done: number, of: number) => void;
};

/** Widest batch that is opened because a bundle says so; it costs memory. */
const widestBatch = 4_096;

/** Has the model say each answer again, in batches as wide as the node's, since their width changes bits. */
export async function judgeAnswers(bundles: readonly ReadBundle[], settings: JudgeSettings) {
  const judged: JudgedAnswer[] = [];
  const refused: FailingReceipt[] = [];
  let engine: string | null = null;
  let done = 0;
  const byBatch = Map.groupBy(bundles, ({ bundle }) => Math.min(bundle.engine.batchSize, widestBatch));
  for (const [batchSize, group] of byBatch) {
    const lengths = group.map(({ bundle }) => bundle.promptTokens.length + bundle.outputTokens.length);
    // What llama.cpp makes room for is a multiple of this anyway.
    const contextSize = Math.ceil(Math.max(...lengths) / 256) * 256;
    const [needed, free] = [settings.weigh({ contextSize, batchSize }), settings.memory ?? process.availableMemory()];
    if (needed > free) {
      throw new InvalidInputError("The audit's model does not fit in this machine's memory.", {
        metaMessages: [
          `It needs ${bytesInWords(needed)}, and ${bytesInWords(free)} are free.`,
          "Audit on a larger machine, or end what else runs here.",
        ],
      });
    }
    const judge = await openJudge({ ...settings, batchSize, contextSize }, settings.backend);
    try {
      engine = `llama.cpp ${judge.llamaCpp}, ${judge.variant}`;
      for (const { where, bundle } of group) {
        const { promptTokens, outputTokens } = bundle;
        if (promptTokens.length === 0 || promptTokens.length + outputTokens.length > judge.contextSize) {
          refused.push({ where, faults: ["tokens: no prompt, or more of them than the model's context holds"] });
        } else if (outputTokens.length > 0) {
          try {
            const said = await judge.judge(promptTokens, outputTokens);
            judged.push({ where, bundle, said, build: judge });
          } catch (error) {
            if (!(error instanceof JudgeError)) throw error;
            refused.push({ where, faults: [`tokens: ${error.shortMessage}`] });
          }
        }
        settings.onProgress(++done, bundles.length);
      }
    } finally {
      judge.close();
    }
  }
  return { judged, refused, engine };
}
