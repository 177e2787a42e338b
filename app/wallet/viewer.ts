import type { Address, Hex } from "viem";
import { readStored, writeStored } from "../config/browserStore.ts";

const key = "viewer";
let local: Hex | null = null;

/** Who looks, for the fair order: the wallet padded left to 32 bytes, or 32 random bytes kept in this browser. */
export function viewerOf(wallet: Address | null): Hex {
  return wallet === null ? localViewer() : `0x${wallet.slice(2).toLowerCase().padStart(64, "0")}`;
}

function localViewer(): Hex {
  if (local !== null) return local;
  const stored = readStored(key);
  if (stored !== null && /^0x[0-9a-f]{64}$/.test(stored)) {
    local = stored as Hex;
    return local;
  }
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  local = `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  writeStored(key, local);
  return local;
}
