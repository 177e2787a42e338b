import type { GenerationJob } from "./childProtocol.ts";
import type { GenerationHooks } from "./generate.ts";

/**
 * Whatever makes an answer's tokens one by one from the prompt's: the embedded engine or a llama-server.
 *
 * The promise settles once the job is taken or refused; `limit`: no more tokens are wanted. Whoever reads may stop at
 * any token; while the prompt is read, a cancelled job ends without one. Throws `GenerationError` for a format that cannot be compiled.
 */
export type TokenSource = (
  prompt: readonly number[],
  job: GenerationJob,
  limit: number,
  hooks: Pick<GenerationHooks, "onToken" | "cancelled">,
) => Promise<AsyncIterable<number>>;
