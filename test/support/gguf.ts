/** A GGUF file taken apart, so that a test can spoil one thing and put it together again. */
export type Gguf = {
  version: number;
  /** What the header declares, where it is not what is there. */
  declared: { tensors?: bigint; pairs?: bigint };
  pairs: { key: string; type: number; value: Buffer }[];
  tensors: { name: string; dims: bigint[]; type: number; offset: bigint }[];
  data: Buffer;
};

const scalar = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
const [typeText, typeList] = [8, 9];
const alignment = 32;

/** Reads a sound file. Source: ggml's docs/gguf.md. */
export function takeApart(file: Buffer): Gguf {
  let at = 4;
  const take = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const u32 = () => file.readUInt32LE(take(4));
  const u64 = () => file.readBigUInt64LE(take(8));
  const skip = (type: number): void => {
    if (type === typeText) {
      const length = Number(u64());
      at += length;
    } else if (type === typeList) {
      const element = u32();
      for (let left = Number(u64()); left > 0; left--) skip(element);
    } else at += scalar[type] ?? 0;
  };
  const text = () => {
    const length = Number(u64());
    at += length;
    return file.toString("utf8", at - length, at);
  };
  const version = u32();
  const [tensorCount, pairCount] = [Number(u64()), Number(u64())];
  const pairs = Array.from({ length: pairCount }, () => {
    const key = text();
    const type = u32();
    const from = at;
    skip(type);
    return { key, type, value: Buffer.from(file.subarray(from, at)) };
  });
  const tensors = Array.from({ length: tensorCount }, () => ({
    name: text(),
    dims: Array.from({ length: u32() }, u64),
    type: u32(),
    offset: u64(),
  }));
  return {
    version,
    declared: {},
    pairs,
    tensors,
    data: Buffer.from(file.subarray(Math.ceil(at / alignment) * alignment)),
  };
}

export function putTogether({ version, declared, pairs, tensors, data }: Gguf): Buffer {
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    u32Of(version),
    u64Of(declared.tensors ?? BigInt(tensors.length)),
    u64Of(declared.pairs ?? BigInt(pairs.length)),
    ...pairs.flatMap(({ key, type, value }) => [textOf(key), u32Of(type), value]),
    ...tensors.flatMap(({ name, dims, type, offset }) => [
      textOf(name),
      u32Of(dims.length),
      ...dims.map(u64Of),
      u32Of(type),
      u64Of(offset),
    ]),
  ]);
  return Buffer.concat([head, Buffer.alloc((alignment - (head.length % alignment)) % alignment), data]);
}

export const u32Of = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
export const u64Of = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
export const textOf = (value: string): Buffer =>
  Buffer.concat([u64Of(BigInt(Buffer.byteLength(value))), Buffer.from(value)]);
