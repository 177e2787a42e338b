import type { AppConfig } from "#protocol/config.ts";
import type { Bundle } from "#protocol/node.ts";

/** A receipt as a file to keep, with the registry that its signature is for: what `audit-receipts` reads. */
export function receiptFile(
  { chainId, nodeRegistry }: Pick<AppConfig, "chainId" | "nodeRegistry">,
  bundle: Bundle,
): { readonly name: string; readonly href: string } {
  const text = JSON.stringify({ ...bundle, chainId, registry: nodeRegistry });
  return {
    name: `receipt-${bundle.receipt.nonce}.json`,
    href: `data:application/json;charset=utf-8,${encodeURIComponent(text)}`,
  };
}
