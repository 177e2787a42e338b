import { sha256 } from "@noble/hashes/sha2";
import { type Address, hexToBytes, recoverAddress } from "viem";
import type { EntryView } from "#protocol/http.ts";
import { type Bundle, hashCanonical, hashTokens, receiptOf } from "#protocol/node.ts";
import { hashReceipt } from "#protocol/typedData.ts";
import { type ReceiptCheck, receiptChecks } from "./receiptChecks.ts";

export type Verified = {
  readonly passed: Readonly<Record<ReceiptCheck, boolean>>;
  readonly holds: boolean;
  /** Who signed; null where the signature is not one. */
  readonly signer: Address | null;
};

export type ReceiptFacts = {
  readonly bundle: Bundle;
  /** The node that was asked. */
  readonly node: Address;
  readonly contest: Address;
  readonly entry: Pick<EntryView, "entryId" | "manifestHash" | "modelRoot">;
  readonly chainId: number;
  readonly registry: Address;
  /** The node that a key answers for, by the registry; null for none. */
  readonly nodeOfKey: (key: Address) => Promise<Address | null>;
};

/** Checks a receipt here, from the hashes up: nothing the node says about it is believed. */
export async function verifyReceipt(facts: ReceiptFacts): Promise<Verified> {
  const { bundle, entry } = facts;
  const { receipt } = bundle;
  const signer = await signerOf(facts);
  const salt = hexToBytes(bundle.salt as `0x${string}`);
  const passed = {
    signature: signer !== null && (await facts.nodeOfKey(signer)) === facts.node,
    node: receipt.node === facts.node,
    entry: receipt.contest === facts.contest && receipt.entryId === String(entry.entryId),
    model: receipt.modelRoot === entry.modelRoot,
    manifest: receipt.manifestHash === entry.manifestHash,
    request: receipt.requestHash === hashTokens(salt, bundle.promptTokens, sha256),
    response: receipt.responseHash === hashTokens(salt, bundle.outputTokens, sha256),
    params: receipt.paramsHash === hashCanonical(bundle.params, sha256),
    counts: receipt.promptTokens === bundle.promptTokens.length && receipt.outputTokens === bundle.outputTokens.length,
  };
  return { passed, holds: receiptChecks.every((check) => passed[check]), signer };
}

async function signerOf({ bundle, chainId, registry }: ReceiptFacts): Promise<Address | null> {
  try {
    const hash = hashReceipt(receiptOf(bundle.receipt), { chainId, verifyingContract: registry });
    return (await recoverAddress({ hash, signature: bundle.signature })).toLowerCase() as Address;
  } catch {
    return null;
  }
}
