import type { Address, Hex } from "viem";
import { concat, encodeAbiParameters, keccak256 } from "viem";
import { credentialTypes, personScope, personsDomain } from "#protocol/typedData.ts";
import { devAccounts, LOCAL_CHAIN_ID } from "./localChain.ts";

const DAY = 86_400;

export type Credential = {
  readonly wallet: Address;
  readonly scope: Hex;
  readonly nullifier: Hex;
  /** Seconds since 1970. */
  readonly deadline: bigint;
  readonly signature: Hex;
  /** What `bind` takes. */
  readonly proof: Hex;
};

/**
 * Signs that a wallet is a person. The demo believes everybody: each wallet is somebody else. A real issuer looks at a
 * passport or an eye first.
 */
export async function issueCredential(options: {
  readonly wallet: Address;
  readonly contest: Address;
  readonly adapter: Address;
  /** Seconds since 1970. */
  readonly now: number;
}): Promise<Credential> {
  const { wallet, contest, adapter, now } = options;
  const { issuer } = devAccounts();
  const scope = personScope(LOCAL_CHAIN_ID, contest);
  // The issuer's own secret keeps nullifiers of one person in two contests unlinkable.
  const nullifier = keccak256(concat([issuer.privateKey, scope, wallet]));
  const deadline = BigInt(now + DAY);
  const signature = await issuer.signTypedData({
    domain: personsDomain({ chainId: LOCAL_CHAIN_ID, verifyingContract: adapter }),
    types: credentialTypes,
    primaryType: "Credential",
    message: { wallet, scope, nullifier, deadline },
  });
  const proof = encodeAbiParameters(
    [{ type: "bytes32" }, { type: "uint64" }, { type: "bytes[]" }],
    [nullifier, deadline, [signature]],
  );
  return { wallet, scope, nullifier, deadline, signature, proof };
}
