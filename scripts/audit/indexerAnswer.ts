import { z } from "zod";
import { CannotLookError, reasonOf } from "./cannotLookError.ts";

/** Milliseconds until a silent indexer counts as unreachable. */
const TIMEOUT = 10_000;
/** Milliseconds for which an indexer may lag behind the block asked for, and between two looks. */
const PATIENCE = 15_000;
const POLL = 250;

const amount = z.string().regex(/^\d+$/);
const answerSchema = z.object({
  at: z.object({
    chainId: z.number(),
    block: z.object({ number: z.number(), hash: z.string(), timestamp: z.number() }),
  }),
  rows: z.array(
    z.object({
      rank: z.number().nullable(),
      entryId: z.number(),
      author: z.string(),
      status: z.string(),
      score: amount,
      tally: amount,
      weight: amount,
      voters: z.number(),
      support: amount,
      prize: amount,
    }),
  ),
});
export type IndexerAnswer = z.infer<typeof answerSchema>;

/**
 * The indexer's ranking, once it has indexed `atLeast` (a block number). Throws `CannotLookError` when it cannot be
 * reached, does not know the contest, answers in another shape or stays behind.
 */
export async function readRanking(url: string, contest: string, atLeast: number): Promise<IndexerAnswer> {
  const address = `${url.replace(/\/+$/, "")}/v1/contests/${contest.toLowerCase()}/ranking`;
  const until = Date.now() + PATIENCE;
  for (;;) {
    const answer = await readOnce(address);
    const { number } = answer.at.block;
    if (number >= atLeast) return answer;
    if (Date.now() > until)
      throw new CannotLookError(`The indexer at ${url} stays at block ${number}; block ${atLeast} was asked for.`);
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

async function readOnce(address: string): Promise<IndexerAnswer> {
  let body: unknown;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) throw new CannotLookError(`The indexer answers ${response.status} at ${address}.`);
    body = await response.json();
  } catch (error) {
    if (error instanceof CannotLookError) throw error;
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new CannotLookError(`The indexer does not answer at ${address}: ${reasonOf(cause)}.`, { cause: error });
  }
  const parsed = answerSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CannotLookError(
    `The indexer's answer at ${address} has another shape (${issue?.path.join(".")}: ${issue?.message}).`,
  );
}
