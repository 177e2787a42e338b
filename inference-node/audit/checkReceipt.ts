import type { Address, Hex } from "viem";
import { hexToBytes, recoverAddress } from "viem";
import { hashCanonical, hashTokens, receiptOf } from "#protocol/node.ts";
import { hashReceipt } from "#protocol/typedData.ts";
import { nodeHashing } from "../models/nodeHashing.ts";
import type { SavedBundle } from "./savedBundle.ts";

/** Where signatures are good, and what its registry says of keys where it was asked. */
export type ReceiptLaw = {
  readonly chainId: number;
  readonly registry: Address;
  /** The node that a key answers for, or null for none; absent where no chain is asked. */
  readonly nodeOfKey?: (key: Address) => Promise<Address | null>;
};

/** What speaks against a receipt, in words; none where it holds. `key`: who signed, null for nobody. */
export type CheckedReceipt = { readonly key: Address | null; readonly faults: readonly string[] };

/** `where`: file, and line where it holds several. */
export type FailingReceipt = { readonly where: string; readonly faults: readonly string[] };

/** Checks a receipt against the tokens, the salt and the sampling that came with it, and its signature. */
export async function checkReceipt(bundle: SavedBundle, law: ReceiptLaw): Promise<CheckedReceipt> {
  const { receipt, promptTokens, outputTokens } = bundle;
  const { sha256 } = nodeHashing;
  const salt = hexToBytes(bundle.salt as Hex);
  const key = await signerOf(bundle, law);
  const owner = key === null || law.nodeOfKey === undefined ? undefined : await law.nodeOfKey(key);
  const faults = [
    [key !== null, "signature: it is none"],
    [owner === undefined || owner?.toLowerCase() === receipt.node, "key: not one of the node's in the registry"],
    [receipt.requestHash === hashTokens(salt, promptTokens, sha256), "requestHash: not of these prompt tokens"],
    [receipt.responseHash === hashTokens(salt, outputTokens, sha256), "responseHash: not of these answer tokens"],
    [receipt.paramsHash === hashCanonical(bundle.params, sha256), "paramsHash: not of this sampling"],
    [receipt.promptTokens === promptTokens.length, "promptTokens: another number came with it"],
    [receipt.outputTokens === outputTokens.length, "outputTokens: another number came with it"],
  ] as const;
  return { key, faults: faults.flatMap(([holds, fault]) => (holds ? [] : [fault])) };
}

async function signerOf({ receipt, signature }: SavedBundle, law: ReceiptLaw): Promise<Address | null> {
  const at = { chainId: law.chainId, verifyingContract: law.registry };
  try {
    return (await recoverAddress({ hash: hashReceipt(receiptOf(receipt), at), signature })).toLowerCase() as Address;
  } catch {
    return null;
  }
}
