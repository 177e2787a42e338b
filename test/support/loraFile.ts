import { f32, text, u32, u64 } from "./ggufBytes.ts";

/** A LoRA adapter in GGUF for a model of the llama family: one pair of matrices for one tensor, all values alike. */
export function loraFile(options: {
  readonly tensor: string;
  /** Width of the tensor's input and output. */
  readonly width: number;
  readonly rank: number;
  readonly value: number;
}): Buffer {
  const { tensor, width, rank, value } = options;
  const bytes = width * rank * 4;
  const pairs = [
    pair("general.architecture", 8, text("llama")),
    pair("general.type", 8, text("adapter")),
    pair("adapter.type", 8, text("lora")),
    pair("adapter.lora.alpha", 6, f32(rank)),
  ];
  const tensors = [
    Buffer.concat([text(`${tensor}.lora_a`), u32(2), u64(width), u64(rank), u32(0), u64(0)]),
    Buffer.concat([text(`${tensor}.lora_b`), u32(2), u64(rank), u64(width), u32(0), u64(bytes)]),
  ];
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    u32(3),
    u64(tensors.length),
    u64(pairs.length),
    ...pairs,
    ...tensors,
  ]);
  const padding = Buffer.alloc((32 - (head.length % 32)) % 32);
  const values = Buffer.alloc(2 * bytes);
  // Signs alternate, since values that are all alike only shift every logit.
  for (let i = 0; i < values.length / 4; i++) values.writeFloatLE(i % 3 === 0 ? -value : value, i * 4);
  return Buffer.concat([head, padding, values]);
}

const pair = (key: string, type: number, value: Buffer): Buffer => Buffer.concat([text(key), u32(type), value]);
