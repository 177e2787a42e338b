import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { readGgufFileInfo } from "node-llama-cpp";
import type { GgufTensor, GgufValue } from "./ggufHead.ts";
import { ggufHead } from "./ggufHead.ts";

const embedding = 768;
const feedForward = 2_048;
const layers = 10;
const heads = 12;
const vocabulary = 32_000;
const contextLength = 2_048;

/** GGUF's numbers for tensor types. */
const f32 = 0;
const q8 = 8;
/** A Q8_0 block: 32 weights as int8 behind one half-precision scale. */
const blockWeights = 32;
const blockBytes = 34;
const alignment = 32;

/** Half-precision 2^-13: weights of about ±0.016, with which activations neither die out nor overflow. */
const scale = 0x0800;

/**
 * Writes a model of the llama architecture with about 100 million random weights in Q8_0, the same bytes each time.
 *
 * Its tokenizer is that of the model at `tokenizerFrom`, padded to the usual 32,000 tokens. The rows of control and byte
 * tokens are zero, so that it never ends an answer by itself and each token has text of its own.
 */
export async function writeRandomModel(path: string, tokenizerFrom: string): Promise<{ parameters: number }> {
  const { metadata } = await readGgufFileInfo(tokenizerFrom, { readTensorInfo: false, logWarnings: false });
  const { tokenizer } = metadata;
  const given = tokenizer.ggml;
  const types = given.token_type ?? [];
  const tokens = Array.from({ length: vocabulary }, (_, at) => given.tokens[at] ?? `▁w${at}`);
  const pairs: Record<string, GgufValue> = {
    "general.architecture": "llama",
    "general.name": "random",
    "general.file_type": { u32: 7 },
    "general.quantization_version": { u32: 2 },
    "llama.context_length": { u32: contextLength },
    "llama.embedding_length": { u32: embedding },
    "llama.block_count": { u32: layers },
    "llama.feed_forward_length": { u32: feedForward },
    "llama.attention.head_count": { u32: heads },
    "llama.attention.head_count_kv": { u32: heads },
    "llama.attention.layer_norm_rms_epsilon": { f32: 1e-5 },
    "llama.rope.dimension_count": { u32: embedding / heads },
    "llama.vocab_size": { u32: vocabulary },
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.pre": "default",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.scores": { f32s: tokens.map((_, at) => given.scores?.[at] ?? -1e6 - at) },
    "tokenizer.ggml.token_type": { i32s: tokens.map((_, at) => types[at] ?? 1) },
    "tokenizer.ggml.bos_token_id": { u32: given.bos_token_id ?? 1 },
    "tokenizer.ggml.eos_token_id": { u32: given.eos_token_id ?? 2 },
    "tokenizer.ggml.unknown_token_id": { u32: 0 },
    "tokenizer.ggml.add_bos_token": { bool: true },
    "tokenizer.ggml.add_space_prefix": { bool: false },
    "tokenizer.chat_template": tokenizer.chat_template ?? "",
  };
  const tensors = modelTensors();
  const out = createWriteStream(`${path}.part`);
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (!out.write(bytes)) await once(out, "drain");
  };
  await write(ggufHead(pairs, tensors, alignment));
  const random = createBytes(0x9e3779b9);
  for (const tensor of tensors) {
    const silent = (row: number): boolean => tensor.name === "token_embd.weight" && (types[row] ?? 1) !== 1;
    const bytes = tensor.type === f32 ? ones(tensor.dims[0]) : randomRows(tensor, random, silent);
    await write(bytes);
    await write(new Uint8Array((alignment - (bytes.length % alignment)) % alignment));
  }
  out.end();
  await once(out, "close");
  await rename(`${path}.part`, path);
  return { parameters: tensors.reduce((sum, { dims }) => sum + dims[0] * (dims[1] ?? 1), 0) };
}

function modelTensors(): readonly GgufTensor[] {
  const matrix = (name: string, columns: number, rows: number): GgufTensor => ({
    name: `${name}.weight`,
    dims: [columns, rows],
    type: q8,
    bytes: (columns / blockWeights) * blockBytes * rows,
  });
  const norm = (name: string): GgufTensor => ({
    name: `${name}.weight`,
    dims: [embedding],
    type: f32,
    bytes: embedding * 4,
  });
  const layer = (at: number): GgufTensor[] => [
    norm(`blk.${at}.attn_norm`),
    norm(`blk.${at}.ffn_norm`),
    ...["attn_q", "attn_k", "attn_v", "attn_output"].map((name) => matrix(`blk.${at}.${name}`, embedding, embedding)),
    ...["ffn_gate", "ffn_up"].map((name) => matrix(`blk.${at}.${name}`, embedding, feedForward)),
    matrix(`blk.${at}.ffn_down`, feedForward, embedding),
  ];
  return [
    matrix("token_embd", embedding, vocabulary),
    norm("output_norm"),
    ...Array.from({ length: layers }, (_, at) => layer(at)).flat(),
  ];
}

function randomRows(
  { dims: [columns, rows = 1], bytes }: GgufTensor,
  random: (into: Uint8Array) => void,
  silent: (row: number) => boolean,
): Uint8Array {
  const all = new Uint8Array(bytes);
  random(all);
  const view = new DataView(all.buffer);
  for (let at = 0; at < bytes; at += blockBytes) view.setUint16(at, scale, true);
  const rowBytes = (columns / blockWeights) * blockBytes;
  for (let row = 0; row < rows; row++) if (silent(row)) all.fill(0, row * rowBytes, (row + 1) * rowBytes);
  return all;
}

function ones(count: number): Uint8Array {
  return new Uint8Array(new Float32Array(count).fill(1).buffer);
}

/** Marsaglia's xorshift, so that the file is the same each time. */
function createBytes(seed: number): (into: Uint8Array) => void {
  let state = seed;
  return (into) => {
    for (let at = 0; at < into.length; at++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      into[at] = state & 0xff;
    }
  };
}
