import { sha256 } from "@noble/hashes/sha2";
import { type Address, hexToBytes, recoverAddress } from "viem";
import type { EntryView } from "#protocol/http.ts";
import { type Bundle, hashCanonical, hashTokens, receiptOf } from "#protocol/node.ts";
import { epochAt, hashReceipt } from "#protocol/typedData.ts";
import { type ReceiptCheck, receiptChecks } from "./receiptChecks.ts";

export type Verified = {
  readonly passed: Readonly<Record<ReceiptCheck, boolean>>;
  readonly holds: boolean;
  /** Who signed; null where the signature is not one. */
  readonly signer: Address | null;
  /** Who said whose key signed: the registry, or, where the chain was silent, only the indexer's list. */
  readonly by: "chain" | "indexer";
};

export type ReceiptFacts = {
  readonly bundle: Bundle;
  /** The node that was asked. */
  readonly node: Address;
  /** Whom it was told to name. */
  readonly client: Address;
  /** Seconds since 1970 by the wall clock, which nodes sign by, whatever time the chain has. */
  readonly now: number;
  /** Whether no receipt with this nonce was seen before. */
  readonly fresh: boolean;
  readonly contest: Address;
  readonly entry: Pick<EntryView, "entryId" | "manifestHash" | "modelRoot">;
  readonly chainId: number;
  readonly registry: Address;
  /** The node that a key answers for, by the registry; null for none. Rejects where the chain is silent. */
  readonly nodeOfKey: (key: Address) => Promise<Address | null>;
  /** The node's keys by the indexer, asked where the chain is silent. */
  readonly listedKeys: readonly Address[];
};

/** Checks a receipt here, from the hashes up: nothing the node says about it is believed. */
export async function verifyReceipt(facts: ReceiptFacts): Promise<Verified> {
  const { bundle, entry, node } = facts;
  const { receipt } = bundle;
  const signer = await signerOf(facts);
  const owner = await ownerOf(facts, signer);
  const salt = hexToBytes(bundle.salt as `0x${string}`);
  const passed = {
    signature: owner.node === node,
    node: receipt.node === node,
    client: receipt.client === facts.client,
    time: isNear(BigInt(receipt.epoch), epochAt(facts.now)),
    nonce: facts.fresh,
    entry: receipt.contest === facts.contest && receipt.entryId === String(entry.entryId),
    model: receipt.modelRoot === entry.modelRoot,
    manifest: receipt.manifestHash === entry.manifestHash,
    request: receipt.requestHash === hashTokens(salt, bundle.promptTokens, sha256),
    response: receipt.responseHash === hashTokens(salt, bundle.outputTokens, sha256),
    params: receipt.paramsHash === hashCanonical(bundle.params, sha256),
    counts: receipt.promptTokens === bundle.promptTokens.length && receipt.outputTokens === bundle.outputTokens.length,
  };
  return { passed, holds: receiptChecks.every((check) => passed[check]), signer, by: owner.by };
}

/** An hour to either side: an answer may be signed at its turn, and clocks differ. */
function isNear(epoch: bigint, now: bigint): boolean {
  return epoch >= now - 1n && epoch <= now + 1n;
}

type Owner = { readonly node: Address | null; readonly by: Verified["by"] };

async function ownerOf({ node, nodeOfKey, listedKeys }: ReceiptFacts, signer: Address | null): Promise<Owner> {
  if (signer === null) return { node: null, by: "chain" };
  try {
    return { node: await nodeOfKey(signer), by: "chain" };
  } catch {
    return { node: listedKeys.includes(signer) ? node : null, by: "indexer" };
  }
}

async function signerOf({ bundle, chainId, registry }: ReceiptFacts): Promise<Address | null> {
  try {
    const hash = hashReceipt(receiptOf(bundle.receipt), { chainId, verifyingContract: registry });
    return (await recoverAddress({ hash, signature: bundle.signature })).toLowerCase() as Address;
  } catch {
    return null;
  }
}
