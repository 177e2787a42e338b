import { type Address, bytesToHex } from "viem";

let client: Address | null = null;

/**
 * Whom nodes are to name in their receipts: 20 random bytes, new with each load of the page, so that no receipt made for
 * another can be passed off here. Not the wallet: a node need not learn which coins belong to which questions.
 */
export function chatClient(): Address {
  client ??= bytesToHex(crypto.getRandomValues(new Uint8Array(20)));
  return client;
}
