import { text, u32, u64 } from "../../support/ggufBytes.ts";

type Value = string | number | readonly string[];

/** A GGUF header for tests, with nothing behind it. Numbers are uint32; lists are of text. */
export function ggufHeader(
  pairs: Readonly<Record<string, Value>>,
  options: {
    readonly version?: number;
    readonly tensors?: readonly { name: string; dims: readonly bigint[]; offset: bigint }[];
    readonly tensorCount?: bigint;
    readonly pairCount?: bigint;
  } = {},
): Buffer {
  const tensors = options.tensors ?? [{ name: "token_embd.weight", dims: [32n, 8n], offset: 0n }];
  const parts: Buffer[] = [Buffer.from("GGUF"), u32(options.version ?? 3)];
  parts.push(u64(options.tensorCount ?? BigInt(tensors.length)));
  parts.push(u64(options.pairCount ?? BigInt(Object.keys(pairs).length)));
  for (const [key, value] of Object.entries(pairs)) parts.push(text(key), encode(value));
  for (const { name, dims, offset } of tensors) {
    parts.push(text(name), u32(dims.length), ...dims.map(u64), u32(0), u64(offset));
  }
  return Buffer.concat(parts);
}

export const soundPairs = {
  "general.architecture": "llama",
  "llama.context_length": 512,
  "llama.block_count": 4,
  "llama.embedding_length": 128,
  "llama.feed_forward_length": 384,
  "llama.attention.head_count": 4,
  "tokenizer.ggml.tokens": ["<s>", "</s>", "a"],
  "tokenizer.chat_template": "{{ messages }}",
} as const;

function encode(value: Value): Buffer {
  if (typeof value === "string") return Buffer.concat([u32(8), text(value)]);
  if (typeof value === "number") return Buffer.concat([u32(4), u32(value)]);
  return Buffer.concat([u32(9), u32(8), u64(BigInt(value.length)), ...value.map(text)]);
}
