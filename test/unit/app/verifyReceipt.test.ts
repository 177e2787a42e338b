import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import { type Bundle, bundleSchema } from "#protocol/node.ts";
import { nodesDomain, nodeTypes } from "#protocol/typedData.ts";
import { receiptChecks } from "../../../app/entry/receiptChecks.ts";
import { type ReceiptFacts, verifyReceipt } from "../../../app/entry/verifyReceipt.ts";

const chainId = 31_337;
const registry = `0x${"0e".repeat(20)}` as const;
const node = `0x${"0a".repeat(20)}` as const;
const contest = `0x${"0c".repeat(20)}` as const;
const entry = { entryId: 2, manifestHash: `0x${"21".repeat(32)}` as const, modelRoot: `0x${"22".repeat(32)}` as const };
const key = privateKeyToAccount(generatePrivateKey());
const keyAddress = key.address.toLowerCase();
const client = `0x${"c1".repeat(20)}` as const;
/** In hour 498705. */
const now = 498_705 * 3_600 + 1_800;
const salt = "0102030405060708090a0b0c0d0e0f10";
const params = { temperature: 0, topK: 0 };

/** SHA-256 by Node's own crypto over hand-made bytes: nothing of the code under test. */
function tokensHash(tokens: readonly number[]): `0x${string}` {
  const bytes = Buffer.alloc(16 + tokens.length * 4);
  bytes.write(salt, "hex");
  tokens.forEach((token, index) => {
    bytes.writeUInt32LE(token, 16 + index * 4);
  });
  return `0x${createHash("sha256").update(bytes).digest("hex")}`;
}

async function honestBundle(change: Partial<Bundle["receipt"]> = {}): Promise<Bundle> {
  const promptTokens = [1, 70_000, 3];
  const outputTokens = [9, 8];
  const receipt = {
    node,
    client,
    contest,
    entryId: "2",
    manifestHash: entry.manifestHash,
    modelRoot: entry.modelRoot,
    epoch: "498705",
    nonce: "18446744073709551615",
    requestHash: tokensHash(promptTokens),
    responseHash: tokensHash(outputTokens),
    paramsHash: `0x${createHash("sha256")
      .update(canonicalize(params) ?? "")
      .digest("hex")}` as const,
    seed: "7",
    promptTokens: 3,
    outputTokens: 2,
    firstTokenMs: 12,
    totalMs: 99,
    ...change,
  };
  const message = {
    ...receipt,
    entryId: BigInt(receipt.entryId),
    epoch: BigInt(receipt.epoch),
    nonce: BigInt(receipt.nonce),
    seed: BigInt(receipt.seed),
  };
  const signature = await key.signTypedData({
    domain: nodesDomain({ chainId, verifyingContract: registry }),
    types: nodeTypes,
    primaryType: "Receipt",
    message,
  });
  const engine = {
    llamaCpp: "b1",
    variant: "x64",
    contextSize: 512,
    batchSize: 512,
    flashAttention: false,
    kvType: "f16",
  };
  return { receipt, signature, salt: `0x${salt}`, promptTokens, outputTokens, params, engine };
}

const facts = (bundle: Bundle, change: Partial<ReceiptFacts> = {}): ReceiptFacts => ({
  bundle,
  node,
  client,
  now,
  fresh: true,
  contest,
  entry,
  chainId,
  registry,
  nodeOfKey: async (asked) => (asked === keyAddress ? node : null),
  listedKeys: [],
  ...change,
});

async function failing(bundle: Bundle, change: Partial<ReceiptFacts> = {}): Promise<readonly string[]> {
  const { passed, holds } = await verifyReceipt(facts(bundle, change));
  const failed = receiptChecks.filter((check) => !passed[check]);
  expect(holds).toBe(failed.length === 0);
  return failed;
}

test("an honest receipt holds", async () => {
  expect(await failing(await honestBundle())).toEqual([]);
});

test("a signature by a key that is not the node's is found", async () => {
  expect(await failing(await honestBundle(), { nodeOfKey: async () => null })).toEqual(["signature"]);
});

test("a key of another node is found", async () => {
  expect(await failing(await honestBundle(), { nodeOfKey: async () => `0x${"0b".repeat(20)}` })).toEqual(["signature"]);
});

test("a receipt for another registry or chain does not carry over", async () => {
  expect(await failing(await honestBundle(), { chainId: 1 })).toEqual(["signature"]);
  expect(await failing(await honestBundle(), { registry: `0x${"0f".repeat(20)}` })).toEqual(["signature"]);
});

test("a changed answer token is found by its hash", async () => {
  const bundle = await honestBundle();
  expect(await failing({ ...bundle, outputTokens: [9, 7] })).toEqual(["response"]);
});

test("a changed question token is found by its hash", async () => {
  const bundle = await honestBundle();
  expect(await failing({ ...bundle, promptTokens: [1, 70_001, 3] })).toEqual(["request"]);
});

test("another salt, other settings and other counts are found", async () => {
  const bundle = await honestBundle();
  expect(await failing({ ...bundle, salt: `0x${"00".repeat(16)}` })).toEqual(["request", "response"]);
  expect(await failing({ ...bundle, params: { temperature: 1 } })).toEqual(["params"]);
  expect(await failing(await honestBundle({ outputTokens: 3 }))).toEqual(["counts"]);
});

test("another model, manifest, entry, contest or node is found even when well signed", async () => {
  expect(await failing(await honestBundle({ modelRoot: `0x${"ff".repeat(32)}` }))).toEqual(["model"]);
  expect(await failing(await honestBundle({ manifestHash: `0x${"ff".repeat(32)}` }))).toEqual(["manifest"]);
  expect(await failing(await honestBundle({ entryId: "3" }))).toEqual(["entry"]);
  expect(await failing(await honestBundle({ contest: `0x${"ff".repeat(20)}` }))).toEqual(["entry"]);
  expect(await failing(await honestBundle({ node: `0x${"ff".repeat(20)}` }))).toEqual(["node"]);
});

test("a receipt of another hour is found, with an hour to spare on either side", async () => {
  for (const epoch of ["498704", "498706"]) expect(await failing(await honestBundle({ epoch })), epoch).toEqual([]);
  for (const epoch of ["0", "498703", "498707"])
    expect(await failing(await honestBundle({ epoch })), epoch).toEqual(["time"]);
});

test("a receipt made out to another, or to nobody, is found", async () => {
  for (const other of ["c2", "00"] as const)
    expect(await failing(await honestBundle({ client: `0x${other.repeat(20)}` }))).toEqual(["client"]);
});

test("a receipt that came before is found", async () => {
  expect(await failing(await honestBundle(), { fresh: false })).toEqual(["nonce"]);
});

test("where the chain is silent, the indexer's list speaks, and the result says so", async () => {
  const silent = async () => Promise.reject(new Error("no answer"));
  const bundle = await honestBundle();
  const listed = await verifyReceipt(facts(bundle, { nodeOfKey: silent, listedKeys: [keyAddress as `0x${string}`] }));
  expect([listed.holds, listed.by]).toEqual([true, "indexer"]);
  expect(await failing(bundle, { nodeOfKey: silent })).toEqual(["signature"]);
  expect((await verifyReceipt(facts(bundle))).by).toBe("chain");
});

test("a token id that would be hashed as another is no token id", async () => {
  const bundle = await honestBundle();
  expect(bundleSchema.safeParse({ ...bundle, outputTokens: [4_294_967_295, 8] }).success).toBe(true);
  expect(bundleSchema.safeParse({ ...bundle, outputTokens: [9 + 2 ** 32, 8] }).success).toBe(false);
  expect(bundleSchema.safeParse({ ...bundle, promptTokens: [1 + 2 ** 32] }).success).toBe(false);
});

test("a receipt changed after it was signed belongs to nobody", async () => {
  const bundle = await honestBundle();
  expect(await failing({ ...bundle, receipt: { ...bundle.receipt, totalMs: 1 } })).toEqual(["signature"]);
});

test("a signature that is none is found, not thrown", async () => {
  const bundle = await honestBundle();
  expect(await failing({ ...bundle, signature: "0x1234" })).toEqual(["signature"]);
});
