/** A node's answer, signed by a real key, or spoilt in one way. */

import { createHash, randomBytes } from "node:crypto";
import canonicalize from "canonicalize";
import type { Address, Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { nodesDomain, nodeTypes } from "#protocol/typedData.ts";

export type CannedChat = "honest" | "wrongModel" | "wrongTokens" | "strangeKey" | "noReceipt" | "firstRefuses";

export type CannedAnswer = {
  readonly node: Address;
  /** Which of `cannedKeys` is the node's. */
  readonly index: number;
  /** Whom the receipt names. */
  readonly client: string;
  readonly contest: Address;
  readonly registry: Address;
  readonly chainId: number;
  readonly entry: { readonly entryId: number; readonly manifestHash: Hex; readonly modelRoot: Hex };
  readonly chat: CannedChat;
};

const keys = (["17", "19"] as const).map((byte) => privateKeyToAccount(`0x${byte.repeat(32)}`));
const stranger = privateKeyToAccount(`0x${"18".repeat(32)}`);
const salt = "000102030405060708090a0b0c0d0e0f";
const text = "17 plus 5 is 22.";

/** The keys that the two canned nodes are registered with. */
export const cannedKeys = keys.map((key) => key.address.toLowerCase() as Address);

function sha256(bytes: Uint8Array | string): Hex {
  return `0x${createHash("sha256").update(bytes).digest("hex")}`;
}

function tokensHash(tokens: readonly number[]): Hex {
  const bytes = Buffer.alloc(16 + tokens.length * 4);
  bytes.write(salt, "hex");
  tokens.forEach((token, index) => {
    bytes.writeUInt32LE(token, 16 + index * 4);
  });
  return sha256(bytes);
}

/** The body of a streamed answer. */
export async function cannedStream({ node, index, client, ...answer }: CannedAnswer): Promise<string> {
  const { contest, registry, chainId, entry, chat } = answer;
  const key = chat === "strangeKey" ? stranger : keys[index];
  if (key === undefined) throw new Error(`no canned node ${index}`);
  const epoch = BigInt(Math.floor(Date.now() / 3_600_000));
  const nonce = randomBytes(8).readBigUInt64LE();
  const promptTokens = [1, 2, 3];
  const outputTokens = [4, 5, 6, 7];
  const params = { temperature: 0 };
  const receipt = {
    node,
    client: client as Address,
    contest,
    entryId: String(entry.entryId),
    manifestHash: entry.manifestHash,
    modelRoot: chat === "wrongModel" ? (`0x${"ee".repeat(32)}` as Hex) : entry.modelRoot,
    epoch: epoch.toString(),
    nonce: nonce.toString(),
    requestHash: tokensHash(promptTokens),
    responseHash: tokensHash(outputTokens),
    paramsHash: sha256(canonicalize(params) ?? ""),
    seed: "1",
    promptTokens: promptTokens.length,
    outputTokens: outputTokens.length,
    firstTokenMs: 10,
    totalMs: 40,
  };
  const signature = await key.signTypedData({
    domain: nodesDomain({ chainId, verifyingContract: registry }),
    types: nodeTypes,
    primaryType: "Receipt",
    message: { ...receipt, entryId: BigInt(receipt.entryId), epoch, nonce, seed: 1n },
  });
  const bundle = {
    receipt,
    signature,
    salt: `0x${salt}`,
    promptTokens,
    outputTokens: chat === "wrongTokens" ? [4, 5, 6, 8] : outputTokens,
    params,
    engine: { llamaCpp: "b1", variant: "x64", contextSize: 512, batchSize: 512, flashAttention: false, kvType: "f16" },
  };
  const chunks = [
    { choices: [{ delta: { role: "assistant", content: "" } }] },
    { choices: [{ delta: { content: text } }] },
    { choices: [{ delta: {}, finish_reason: "stop" }], ...(chat === "noReceipt" ? {} : { coindrop: bundle }) },
  ];
  return `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
}
