import { f32, text, u32, u64 } from "../support/ggufBytes.ts";
export type GgufTensor = {
  readonly name: string;
  readonly dims: readonly [columns: number, rows?: number];
  /** GGUF's number for the type. */
  readonly type: number;
  readonly bytes: number;
};

export type GgufValue =
  | string
  | readonly string[]
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly bool: boolean }
  | { readonly f32s: readonly number[] }
  | { readonly i32s: readonly number[] };

/** GGUF's numbers for value types. */
const kind = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, list: 9 } as const;

/** All of a GGUF file (version 3) that comes before its weights, which follow in the order given, each aligned. */
export function ggufHead(
  pairs: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
  alignment: number,
): Buffer {
  const parts = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(Object.keys(pairs).length)];
  for (const [key, value] of Object.entries(pairs)) parts.push(text(key), encode(value));
  let offset = 0;
  for (const { name, dims, type, bytes } of tensors) {
    const sizes = dims.flatMap((size) => (size === undefined ? [] : [u64(size)]));
    parts.push(text(name), u32(sizes.length), ...sizes, u32(type), u64(offset));
    offset += Math.ceil(bytes / alignment) * alignment;
  }
  const head = Buffer.concat(parts);
  return Buffer.concat([head, Buffer.alloc((alignment - (head.length % alignment)) % alignment)]);
}

function encode(value: GgufValue): Buffer {
  if (typeof value === "string") return Buffer.concat([u32(kind.text), text(value)]);
  if (isTexts(value)) return list(kind.text, value.map(text));
  if ("u32" in value) return Buffer.concat([u32(kind.u32), u32(value.u32)]);
  if ("f32" in value) return Buffer.concat([u32(kind.f32), f32(value.f32)]);
  if ("bool" in value) return Buffer.concat([u32(kind.bool), Buffer.from([value.bool ? 1 : 0])]);
  if ("f32s" in value) return list(kind.f32, value.f32s.map(f32));
  return list(kind.i32, value.i32s.map(u32));
}

function isTexts(value: GgufValue): value is readonly string[] {
  return Array.isArray(value);
}

function list(type: number, items: readonly Buffer[]): Buffer {
  return Buffer.concat([u32(kind.list), u32(type), u64(items.length), ...items]);
}
