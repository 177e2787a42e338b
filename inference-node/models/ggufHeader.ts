import { open } from "node:fs/promises";
import { BaseError } from "#protocol/errors.ts";

/** A file that llama.cpp should not be asked to load, and why. */
export class BadModelFileError extends BaseError {
  override readonly name = "BadModelFileError";
}

export type GgufFacts = {
  readonly architecture: string;
  /** Tokens that the model was trained to see at once. */
  readonly contextLength: number;
  readonly blockCount: number;
  readonly embeddingLength: number;
  /** Elements of keys and values that one token leaves in the cache, over all blocks. */
  readonly cacheElements: number;
  /** Attention heads; where the file says no single number, as many as would be 64 wide. */
  readonly headCount: number;
  /** Tokens that its tokenizer knows. */
  readonly vocabulary: number;
  /** Pairs of tokens that its tokenizer merges. */
  readonly merges: number;
  /** Elements of all tensors. */
  readonly parameters: bigint;
  /** As llama.cpp names the file's type, Q4_K_M for example; null where the file does not say. */
  readonly quantization: string | null;
};

/** Of a list only the length is kept. */
type Value = string | number | { readonly elements: number };

const limits = { headerBytes: 67_108_864, pairs: 4_096, tensors: 65_536, name: 65_536, text: 1_048_576 };
const largest = { context: 16_777_216, blocks: 1_024, width: 1_048_576, heads: 65_536 };
/** Families without attention: no heads, no feed-forward length. */
const withoutAttention = new Set(["mamba", "mamba2", "rwkv6", "rwkv7"]);

/** Source: enum llama_ftype in llama.cpp's llama.h. */
const fileTypes: Readonly<Record<number, string>> = {
  ...{ 0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S" },
  ...{ 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K" },
  ...{ 19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL" },
  ...{ 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16" },
};

const scalarBytes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const [typeText, typeList] = [8, 9];

/**
 * Reads a GGUF header within fixed bounds, without trusting any length in it.
 *
 * Only what has crashed or hung loaders is looked at: counts, sizes and the presence of a chat template, which a model
 * that only makes vectors needs not (`chats: false`). Throws `BadModelFileError`. Source: ggml's docs/gguf.md.
 */
export async function checkGgufHeader(
  path: string,
  options: { readonly chats: boolean } = { chats: true },
): Promise<GgufFacts> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const head = Buffer.allocUnsafe(Math.min(size, limits.headerBytes));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return readFacts(head.subarray(0, bytesRead), size, options.chats);
  } catch (error) {
    if (error instanceof RangeError) throw refuse("its header ends too early or is too long", error);
    throw error;
  } finally {
    await file.close();
  }
}

/** Pure part of `checkGgufHeader`. `size`: bytes of the whole file. */
export function readFacts(head: Buffer, size: number, chats: boolean): GgufFacts {
  const reader = createReader(head);
  if (head.length < 24 || reader.u32() !== 0x46554747) throw refuse("it is no GGUF file");
  const version = reader.u32();
  if (version !== 2 && version !== 3) throw refuse(`GGUF version ${version} is not supported`);
  const tensors = reader.count(limits.tensors, "tensors");
  const pairs = reader.count(limits.pairs, "metadata entries");
  if (tensors === 0) throw refuse("it has no tensors");

  const values = new Map<string, Value>();
  for (let i = 0; i < pairs; i++) {
    const key = reader.text(limits.name);
    values.set(key, reader.value(reader.u32()));
  }
  let parameters = 0n;
  for (let i = 0; i < tensors; i++) {
    reader.text(limits.name);
    const dimensions = reader.u32();
    if (dimensions < 1 || dimensions > 4) throw refuse(`a tensor has ${dimensions} dimensions`);
    let elements = 1n;
    for (let d = 0; d < dimensions; d++) elements *= reader.u64();
    if (elements < 1n) throw refuse("a tensor is empty");
    parameters += elements;
    reader.u32();
    if (reader.u64() >= BigInt(size)) throw refuse("a tensor lies outside the file");
  }
  const fileType = values.get("general.file_type");
  const quantization = typeof fileType === "number" ? (fileTypes[fileType] ?? null) : null;
  return { ...judge(values, chats), parameters, quantization };
}

function judge(values: ReadonlyMap<string, Value>, chats: boolean): Omit<GgufFacts, "parameters" | "quantization"> {
  const architecture = values.get("general.architecture");
  if (typeof architecture !== "string" || architecture === "") throw refuse("it names no architecture");
  const number = (key: string, max: number): number => {
    const value = values.get(`${architecture}.${key}`);
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > max) {
      const said = typeof value === "object" ? "a list" : (value ?? "missing");
      throw refuse(`${architecture}.${key} is ${said}; 1 to ${max} is possible`);
    }
    return value;
  };
  const embeddingLength = number("embedding_length", largest.width);
  if (!withoutAttention.has(architecture)) {
    for (const [key, max] of [
      ["attention.head_count", largest.heads],
      ["feed_forward_length", largest.width],
    ] as const) {
      // A list holds one value per block; its values are llama.cpp's to judge, in a process of its own.
      if (typeof values.get(`${architecture}.${key}`) !== "object") number(key, max);
    }
  }
  const template = values.get("tokenizer.chat_template");
  if (chats && (typeof template !== "string" || template.trim() === "")) throw refuse("it carries no chat template");
  const blockCount = number("block_count", largest.blocks);
  const said = (key: string): number | undefined => {
    const value = values.get(`${architecture}.attention.${key}`);
    return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= largest.width
      ? value
      : undefined;
  };
  const heads = said("head_count");
  const each = Math.ceil(embeddingLength / (heads ?? 1));
  const perBlock =
    heads === undefined
      ? 2 * embeddingLength
      : (said("head_count_kv") ?? heads) * ((said("key_length") ?? each) + (said("value_length") ?? each));
  return {
    architecture,
    contextLength: number("context_length", largest.context),
    blockCount,
    embeddingLength,
    headCount: withoutAttention.has(architecture) ? 0 : (heads ?? Math.ceil(embeddingLength / 64)),
    vocabulary: lengthOf(values, "tokenizer.ggml.tokens"),
    merges: lengthOf(values, "tokenizer.ggml.merges"),
    cacheElements: withoutAttention.has(architecture) ? 0 : blockCount * perBlock,
  };
}

function lengthOf(values: ReadonlyMap<string, Value>, key: string): number {
  const value = values.get(key);
  return typeof value === "object" ? value.elements : 0;
}

function createReader(head: Buffer) {
  let at = 0;
  const take = (bytes: number): number => {
    const from = at;
    if (bytes > head.length - at) throw new RangeError("past the header");
    at += bytes;
    return from;
  };
  const u32 = (): number => head.readUInt32LE(take(4));
  const u64 = (): bigint => head.readBigUInt64LE(take(8));
  const count = (max: number, what: string): number => {
    const value = u64();
    if (value > BigInt(max)) throw refuse(`it declares ${value} ${what}; at most ${max} are read`);
    return Number(value);
  };
  const text = (max: number): string => {
    const length = count(max, "bytes of text");
    const from = take(length);
    return head.toString("utf8", from, from + length);
  };
  const scalar = (type: number): number => {
    const from = take(scalarBytes[type] ?? head.length + 1);
    switch (type) {
      case 4:
        return head.readUInt32LE(from);
      case 5:
        return head.readInt32LE(from);
      case 6:
        return head.readFloatLE(from);
      case 10:
        return Number(head.readBigUInt64LE(from));
      case 11:
        return Number(head.readBigInt64LE(from));
      default:
        return head.readUInt8(from);
    }
  };
  const skipList = (): number => {
    const type = u32();
    const length = count(head.length, "list elements");
    if (type === typeText) for (let i = 0; i < length; i++) take(count(limits.text, "bytes of text"));
    else take(length * (scalarBytes[type] ?? head.length + 1));
    return length;
  };
  const value = (type: number): Value => {
    if (type === typeText) return text(limits.text);
    if (type !== typeList) return scalar(type);
    return { elements: skipList() };
  };
  return { u32, u64, count, text, value };
}

function refuse(reason: string, cause?: unknown): BadModelFileError {
  return new BadModelFileError(`This model file was refused: ${reason}.`, { cause });
}
