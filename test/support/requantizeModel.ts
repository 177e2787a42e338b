import { readFile, writeFile } from "node:fs/promises";
import { readGgufFileInfo } from "node-llama-cpp";

const [q8, q4] = [8, 2];
const values = 32;
const [q8Bytes, q4Bytes] = [34, 18];
const alignment = 32;

/**
 * Writes a Q8_0 model again as Q4_0, as llama.cpp rounds it, and leaves every other byte of metadata as it is, the
 * name of the file's type included. What somebody serves who has half the memory.
 */
export async function requantizeModel(from: string, to: string): Promise<void> {
  const bytes = await readFile(from);
  const info = await readGgufFileInfo(from);
  const tensors = info.fullTensorInfo ?? [];
  const start = dataStart(bytes, tensors.at(-1));
  const parts: Buffer[] = [];
  const header = Buffer.from(bytes.subarray(0, start));
  let offset = 0;
  for (const tensor of tensors) {
    const at = start + Number(tensor.offset);
    const elements = tensor.dimensions.reduce<number>((product, size) => product * Number(size), 1);
    const type = Number(tensor.ggmlType);
    const data =
      type === q8
        ? toQ4(bytes.subarray(at, at + (elements / values) * q8Bytes))
        : bytes.subarray(at, at + elements * 4);
    if (type !== q8 && type !== 0) throw new Error(`${tensor.name} is neither Q8_0 nor F32`);
    patchTensor(header, tensor.name, type === q8 ? q4 : type, offset);
    const padded = Buffer.alloc(Math.ceil(data.length / alignment) * alignment);
    padded.set(data);
    parts.push(padded);
    offset += padded.length;
  }
  await writeFile(to, Buffer.concat([header, ...parts]));
}

type Tensor = { readonly name: string; readonly dimensions: readonly (number | bigint)[] };

/** Where a tensor's entry in the header ends, less its type (4 bytes) and offset (8). Source: ggml's docs/gguf.md. */
function entryEnd(header: Buffer, name: string): number {
  const key = Buffer.alloc(8 + Buffer.byteLength(name));
  key.writeBigUInt64LE(BigInt(Buffer.byteLength(name)));
  key.write(name, 8);
  const at = header.lastIndexOf(key);
  if (at < 0) throw new Error(`${name} is not in the header`);
  const dimensions = header.readUInt32LE(at + key.length);
  return at + key.length + 4 + dimensions * 8;
}

function patchTensor(header: Buffer, name: string, type: number, offset: number): void {
  const at = entryEnd(header, name);
  header.writeUInt32LE(type, at);
  header.writeBigUInt64LE(BigInt(offset), at + 4);
}

function dataStart(bytes: Buffer, last: Tensor | undefined): number {
  if (last === undefined) throw new Error("the model has no tensors");
  return Math.ceil((entryEnd(bytes, last.name) + 12) / alignment) * alignment;
}

/** Source: quantize_row_q4_0_ref in ggml: the value farthest from 0 becomes -8. */
function toQ4(blocks: Buffer): Buffer {
  const out = Buffer.alloc((blocks.length / q8Bytes) * q4Bytes);
  const view = new DataView(out.buffer, out.byteOffset, out.length);
  const old = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  for (let block = 0; block < blocks.length / q8Bytes; block++) {
    const from = block * q8Bytes;
    const scale = old.getFloat16(from, true);
    const row = Array.from({ length: values }, (_, i) => old.getInt8(from + 2 + i) * scale);
    const farthest = row.reduce((far, value) => (Math.abs(value) > Math.abs(far) ? value : far), 0);
    const step = farthest / -8;
    const at = block * q4Bytes;
    view.setFloat16(at, step, true);
    const nibble = (value: number): number => (step === 0 ? 8 : Math.min(15, Math.floor(value / step + 8.5)));
    for (let i = 0; i < values / 2; i++) {
      out[at + 2 + i] = nibble(row[i] ?? 0) | (nibble(row[i + values / 2] ?? 0) << 4);
    }
  }
  return out;
}
