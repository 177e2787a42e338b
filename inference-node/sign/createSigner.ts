import type { Address, Hex } from "viem";
import type { LocalAccount } from "viem/accounts";
import type { Attestation, Receipt } from "#protocol/typedData.ts";
import { nodesDomain, nodeTypes } from "#protocol/typedData.ts";

/** Signs what a node says, in the name of `node`, with a key that the registry knows. */
export type Signer = {
  readonly node: Address;
  readonly key: Address;
  readonly chainId: number;
  readonly registry: Address;
  readonly signAttestation: (message: Attestation) => Promise<Hex>;
  readonly signReceipt: (message: Receipt) => Promise<Hex>;
  /** The key's consent to answer for the node, which registering it asks for. */
  readonly proveKey: () => Promise<Hex>;
};

export function createSigner(options: {
  readonly account: LocalAccount;
  readonly node: Address;
  readonly chainId: number;
  readonly registry: Address;
}): Signer {
  const { account, node, chainId, registry } = options;
  const typed = { domain: nodesDomain({ chainId, verifyingContract: registry }), types: nodeTypes } as const;
  return {
    node,
    key: account.address,
    chainId,
    registry,
    signAttestation: (message) => account.signTypedData({ ...typed, primaryType: "Attestation", message }),
    signReceipt: (message) => account.signTypedData({ ...typed, primaryType: "Receipt", message }),
    proveKey: () => account.signTypedData({ ...typed, primaryType: "NodeKey", message: { node } }),
  };
}
