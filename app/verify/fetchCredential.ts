import type { Address, Hex } from "viem";
import { BaseError, RetryableError } from "#protocol/errors.ts";
import { words } from "../words/words.ts";

/**
 * Asks an issuer for a credential that binds `wallet` in `contest`. Returns the proof that the contest's adapter takes.
 * Throws `RetryableError` when nobody answers, `BaseError` when the answer is no.
 */
export async function fetchCredential(url: string, wallet: Address, contest: Address): Promise<Hex> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ wallet, contest }),
    signal: AbortSignal.timeout(10_000),
  }).catch((cause: unknown) => {
    throw new RetryableError(words.verify.issuerSilent, { cause });
  });
  const body: unknown = await answer.json().catch(() => null);
  const proof = typeof body === "object" && body !== null && "proof" in body ? body.proof : null;
  if (!answer.ok || !isProof(proof)) throw new BaseError(words.verify.issuerRefused);
  return proof;
}

/** Whether a text can be a proof: hex bytes, at least one. */
export function isProof(value: unknown): value is Hex {
  return typeof value === "string" && /^0x(?:[0-9a-fA-F]{2}){1,8192}$/.test(value);
}
