import { AbiCoder, keccak256, sha256, TypedDataEncoder } from "ethers";
import { expect, test } from "vitest";
import { dayAt, fairSeed, inFairOrder } from "#protocol/fairOrder.ts";
import { hashTokens, modelId } from "#protocol/node.ts";
import {
  type Attestation,
  epochAt,
  hashAttestation,
  hashNodeKey,
  hashOrder,
  hashReceipt,
  identityOf,
  nodeTypes,
  orderTypes,
  personScope,
  type Receipt,
} from "#protocol/typedData.ts";
import { nodeHashing } from "../../../inference-node/models/nodeHashing.ts";

// ethers is the independent source: another implementation of EIP-712 and of the ABI encoding.
const at = { chainId: 31_337, verifyingContract: "0x00000000000000000000000000000000000000aa" } as const;
const domain = { name: "Coindrop Nodes", version: "1", ...at };
const coder = AbiCoder.defaultAbiCoder();
const word = (digit: string) => `0x${digit.repeat(64)}` as const;
const node = "0x1111111111111111111111111111111111111111";
const contest = "0x2222222222222222222222222222222222222222";

const attestation: Attestation = {
  node,
  contest,
  entryId: 7n,
  manifestHash: word("a"),
  modelRoot: word("b"),
  modelSha256: word("c"),
  engine: word("d"),
  epoch: 498_705n,
};

const receipt: Receipt = {
  node,
  client: "0x0000000000000000000000000000000000000000",
  contest,
  entryId: 7n,
  manifestHash: word("a"),
  modelRoot: word("b"),
  epoch: 498_705n,
  nonce: 2n ** 64n - 1n,
  requestHash: word("1"),
  responseHash: word("2"),
  paramsHash: word("3"),
  seed: 42n,
  promptTokens: 12,
  outputTokens: 34,
  firstTokenMs: 56,
  totalMs: 789,
};

test("what voters sign hashes as a second implementation of EIP-712 says", () => {
  const order = { voter: node, entryId: 7n, amount: 10n ** 18n, nonce: 111n, deadline: 1_800_000_000n } as const;
  const orders = { name: "Coindrop", version: "1", ...at };
  expect(hashOrder("Drop", order, at)).toBe(TypedDataEncoder.hash(orders, { Drop: [...orderTypes.Drop] }, order));
  expect(hashOrder("Withdraw", order, at)).toBe(
    TypedDataEncoder.hash(orders, { Withdraw: [...orderTypes.Withdraw] }, order),
  );
});

test("what nodes sign hashes as a second implementation of EIP-712 says", () => {
  expect(hashNodeKey(node, at)).toBe(TypedDataEncoder.hash(domain, { NodeKey: [...nodeTypes.NodeKey] }, { node }));
  expect(hashAttestation(attestation, at)).toBe(
    TypedDataEncoder.hash(domain, { Attestation: [...nodeTypes.Attestation] }, attestation),
  );
  expect(hashReceipt(receipt, at)).toBe(TypedDataEncoder.hash(domain, { Receipt: [...nodeTypes.Receipt] }, receipt));
});

test("the type strings are those of the law", () => {
  const typeOf = (name: keyof typeof nodeTypes) =>
    TypedDataEncoder.from({ [name]: [...nodeTypes[name]] }).encodeType(name);
  expect(typeOf("NodeKey")).toBe("NodeKey(address node)");
  expect(typeOf("Attestation")).toBe(
    "Attestation(address node,address contest,uint256 entryId,bytes32 manifestHash,bytes32 modelRoot,bytes32 modelSha256,bytes32 engine,uint64 epoch)",
  );
  expect(typeOf("Receipt")).toBe(
    "Receipt(address node,address client,address contest,uint256 entryId,bytes32 manifestHash,bytes32 modelRoot,uint64 epoch,uint64 nonce,bytes32 requestHash,bytes32 responseHash,bytes32 paramsHash,uint64 seed,uint32 promptTokens,uint32 outputTokens,uint32 firstTokenMs,uint32 totalMs)",
  );
});

test("an entry's identity commits to its three hashes in their order", () => {
  const hashes = { manifestHash: word("a"), modelSha256: word("b"), modelRoot: word("c") };
  expect(identityOf(hashes)).toBe(
    keccak256(coder.encode(["bytes32", "bytes32", "bytes32"], [word("a"), word("b"), word("c")])),
  );
  expect(identityOf({ ...hashes, modelSha256: word("c"), modelRoot: word("b") })).not.toBe(identityOf(hashes));
});

test("a person's scope is one contest on one chain", () => {
  expect(personScope(31_337, contest)).toBe(keccak256(coder.encode(["uint256", "address"], [31_337, contest])));
});

test("epochs are hours and days are UTC days", () => {
  expect([epochAt(3_599), epochAt(3_600)]).toEqual([0n, 1n]);
  expect([dayAt(86_399), dayAt(86_400)]).toEqual([0, 1]);
});

test("the fair order follows the published key and keeps every entry", () => {
  const viewer = word("9");
  const seed = fairSeed({ chainId: 31_337, contest, day: 20_779, viewer });
  expect(seed).toBe(
    keccak256(
      coder.encode(
        ["string", "uint256", "address", "uint256", "bytes32"],
        ["coindrop.order.v1", 31_337, contest, 20_779, viewer],
      ),
    ),
  );
  const entries = Array.from({ length: 50 }, (_, i) => ({ entryId: i + 1 }));
  const expected = entries
    .map(({ entryId }) => ({ entryId, key: keccak256(coder.encode(["bytes32", "uint256"], [seed, entryId])) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entryId }) => entryId);
  expect(inFairOrder(entries, seed).map(({ entryId }) => entryId)).toEqual(expected);
  expect(expected.toSorted((a, b) => a - b)).toEqual(entries.map(({ entryId }) => entryId));
});

test("token ids are hashed behind the salt as 32-bit little-endian numbers", () => {
  const salt = new Uint8Array(16).fill(7);
  expect(hashTokens(salt, [1, 258], nodeHashing.sha256)).toBe(sha256(`0x${"07".repeat(16)}0100000002010000`));
});

test("a model's id is the lower-case contest and the entry", () => {
  expect(modelId("0xABCDEF0000000000000000000000000000000000", 3n)).toBe(
    "0xabcdef0000000000000000000000000000000000/3",
  );
});
