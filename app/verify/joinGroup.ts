import { BaseError, RetryableError } from "#protocol/errors.ts";
import { words } from "../words/words.ts";

/**
 * Asks the demo's group admin to let an identity in. `commitment`: in digits. Throws `RetryableError` when nobody
 * answers, `BaseError` when the answer is no.
 */
export async function joinGroup(url: string, commitment: string): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ commitment }),
    signal: AbortSignal.timeout(10_000),
  }).catch((cause: unknown) => {
    throw new RetryableError(words.verify.member.adminSilent, { cause });
  });
  if (!answer.ok) throw new BaseError(words.verify.member.adminRefused);
}
