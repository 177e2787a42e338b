import type { Address, Hex, TypedDataDomain } from "viem";
import { encodeAbiParameters, hashTypedData, keccak256 } from "viem";

/** EIP-712 types of what nodes sign. Source: contracts/PROTOCOL.md, Nodes. */
export const nodeTypes = {
  NodeKey: [{ name: "node", type: "address" }],
  Attestation: [
    { name: "node", type: "address" },
    { name: "contest", type: "address" },
    { name: "entryId", type: "uint256" },
    { name: "manifestHash", type: "bytes32" },
    { name: "modelRoot", type: "bytes32" },
    { name: "modelSha256", type: "bytes32" },
    { name: "engine", type: "bytes32" },
    { name: "epoch", type: "uint64" },
  ],
  Receipt: [
    { name: "node", type: "address" },
    { name: "client", type: "address" },
    { name: "contest", type: "address" },
    { name: "entryId", type: "uint256" },
    { name: "manifestHash", type: "bytes32" },
    { name: "modelRoot", type: "bytes32" },
    { name: "epoch", type: "uint64" },
    { name: "nonce", type: "uint64" },
    { name: "requestHash", type: "bytes32" },
    { name: "responseHash", type: "bytes32" },
    { name: "paramsHash", type: "bytes32" },
    { name: "seed", type: "uint64" },
    { name: "promptTokens", type: "uint32" },
    { name: "outputTokens", type: "uint32" },
    { name: "firstTokenMs", type: "uint32" },
    { name: "totalMs", type: "uint32" },
  ],
} as const;

/** EIP-712 type of what a personhood issuer signs. Source: contracts/PROTOCOL.md, Persons. */
export const credentialTypes = {
  Credential: [
    { name: "wallet", type: "address" },
    { name: "scope", type: "bytes32" },
    { name: "nullifier", type: "bytes32" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

const orderFields = [
  { name: "voter", type: "address" },
  { name: "entryId", type: "uint256" },
  { name: "amount", type: "uint256" },
  { name: "nonce", type: "uint256" },
  { name: "deadline", type: "uint256" },
] as const;

/** EIP-712 types of what voters sign for others to carry. Source: contracts/PROTOCOL.md, Signed orders. */
export const orderTypes = { Drop: orderFields, Withdraw: orderFields } as const;

/** In the order of the contract's `OrderKind`. */
export const ORDER_KINDS = ["Drop", "Withdraw"] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

export type Order = {
  readonly voter: Address;
  readonly entryId: bigint;
  /** Wei of the coin. */
  readonly amount: bigint;
  /** 0 to 111; each good for one order of the voter on the entry. */
  readonly nonce: bigint;
  /** Seconds since 1970. */
  readonly deadline: bigint;
};

/** EIP-2612. */
export const permitTypes = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

export type Attestation = {
  readonly node: Address;
  readonly contest: Address;
  readonly entryId: bigint;
  readonly manifestHash: Hex;
  readonly modelRoot: Hex;
  readonly modelSha256: Hex;
  readonly engine: Hex;
  /** Hours since 1970. */
  readonly epoch: bigint;
};

export type Receipt = {
  readonly node: Address;
  readonly client: Address;
  readonly contest: Address;
  readonly entryId: bigint;
  readonly manifestHash: Hex;
  readonly modelRoot: Hex;
  /** Hours since 1970. */
  readonly epoch: bigint;
  /** 64 random bits. */
  readonly nonce: bigint;
  readonly requestHash: Hex;
  readonly responseHash: Hex;
  readonly paramsHash: Hex;
  readonly seed: bigint;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly firstTokenMs: number;
  readonly totalMs: number;
};

type DomainAt = { readonly chainId: number; readonly verifyingContract: Address };

export function nodesDomain(at: DomainAt) {
  return { name: "Coindrop Nodes", version: "1", ...at } as const satisfies TypedDataDomain;
}

export function personsDomain(at: DomainAt) {
  return { name: "Coindrop Persons", version: "1", ...at } as const satisfies TypedDataDomain;
}

/** Of one contest: an order for another contest or chain is another order. */
export function ordersDomain(at: DomainAt) {
  return { name: "Coindrop", version: "1", ...at } as const satisfies TypedDataDomain;
}

export function hashOrder(kind: OrderKind, message: Order, at: DomainAt): Hex {
  return hashTypedData({ domain: ordersDomain(at), types: orderTypes, primaryType: kind, message });
}

export function hashNodeKey(node: Address, at: DomainAt): Hex {
  return hashTypedData({ domain: nodesDomain(at), types: nodeTypes, primaryType: "NodeKey", message: { node } });
}

export function hashAttestation(message: Attestation, at: DomainAt): Hex {
  return hashTypedData({ domain: nodesDomain(at), types: nodeTypes, primaryType: "Attestation", message });
}

export function hashReceipt(message: Receipt, at: DomainAt): Hex {
  return hashTypedData({ domain: nodesDomain(at), types: nodeTypes, primaryType: "Receipt", message });
}

/** Hours since 1970 at `time`, which is in seconds. */
export function epochAt(time: number): bigint {
  return BigInt(Math.floor(time / 3600));
}

/** What a contest keeps of an entry's three hashes. */
export function identityOf(hashes: { manifestHash: Hex; modelSha256: Hex; modelRoot: Hex }): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "bytes32" }, { type: "bytes32" }],
      [hashes.manifestHash, hashes.modelSha256, hashes.modelRoot],
    ),
  );
}

/** The scope in which a person's nullifier is unique: one contest on one chain. */
export function personScope(chainId: number, contest: Address): Hex {
  return keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "address" }], [BigInt(chainId), contest]));
}
