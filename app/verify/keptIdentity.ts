import { z } from "zod";
import { readStored, writeStored } from "../config/browserStore.ts";

/** Who somebody is in a Semaphore group. `secret` stays in this browser; `commitment`, in digits, is public. */
export type KeptIdentity = { readonly secret: string; readonly commitment: string };

const key = "semaphore.identity";
const schema = z.object({ secret: z.string().min(1), commitment: z.string().regex(/^\d+$/) });
let kept: KeptIdentity | null = null;

/** The identity made in this browser; null before there is one. One for all wallets: it stands for the person. */
export function readIdentity(): KeptIdentity | null {
  if (kept !== null) return kept;
  const stored = readStored(key);
  if (stored === null) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(stored));
    kept = parsed.success ? parsed.data : null;
  } catch {
    // What was kept is no identity; a new one is made.
  }
  return kept;
}

export function keepIdentity(identity: KeptIdentity): void {
  kept = identity;
  writeStored(key, JSON.stringify(identity));
}
