import type { Hex } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { readStored, writeStored } from "../config/browserStore.ts";

const key = "throwaway.key";
const funded = "throwaway.funded";
let kept: Hex | null = null;

/** The throw-away wallet's key: made in this browser, kept under the demo's session, gone with it. */
export function throwawayKey(): Hex {
  if (kept !== null) return kept;
  const stored = readStored(key);
  kept = stored !== null && /^0x[0-9a-f]{64}$/.test(stored) ? (stored as Hex) : generatePrivateKey();
  writeStored(key, kept);
  return kept;
}

/** Asks the demo's fountain for coins, once a session. Throws when it does not answer. */
export async function fundThrowaway(fundUrl: string, address: string): Promise<boolean> {
  if (readStored(funded) === address) return false;
  const response = await fetch(fundUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ address }),
  });
  if (!response.ok) throw new Error(`POST ${fundUrl} answered ${response.status}`);
  writeStored(funded, address);
  return true;
}
