import { putTogether, takeApart, textOf, u32Of, u64Of } from "./gguf.ts";

const [typeText, typeFloat, typeInt] = [8, 6, 5];
/** Bytes of a block of 32 weights in Q8_0. */
const blockBytes = 34;

/**
 * A sound Q8_0 model with tokens added that it never says, and a longer context: large models' buffers come from the
 * size of their vocabulary and context, which a file of a few megabytes can have, too.
 */
export function widenModel(file: Buffer, options: { readonly tokens: number; readonly contextLength: number }): Buffer {
  const model = takeApart(file);
  const pair = (key: string) => {
    const found = model.pairs.find((one) => one.key === key);
    if (found === undefined) throw new Error(`the model has no ${key}`);
    return found;
  };
  const had = Number(pair("tokenizer.ggml.tokens").value.readBigUInt64LE(4));
  const added = Array.from({ length: options.tokens - had }, (_, index) => index);
  const lengthen = (key: string, type: number, elements: readonly Buffer[]): void => {
    const one = pair(key);
    one.value = Buffer.concat([u32Of(type), u64Of(BigInt(options.tokens)), one.value.subarray(12), ...elements]);
  };
  lengthen(
    "tokenizer.ggml.tokens",
    typeText,
    added.map((index) => textOf(`never-said-${index}`)),
  );
  lengthen(
    "tokenizer.ggml.scores",
    typeFloat,
    added.map(() => u32Of(0xc7c3_5000)),
  );
  lengthen(
    "tokenizer.ggml.token_type",
    typeInt,
    added.map(() => u32Of(1)),
  );
  pair("llama.vocab_size").value = u32Of(options.tokens);
  pair("llama.context_length").value = u32Of(options.contextLength);

  const [embedding] = model.tensors;
  const width = Number(embedding?.dims[0]);
  if (embedding?.name !== "token_embd.weight" || embedding.offset !== 0n) throw new Error("another first tensor");
  const aligned = (count: number) => Math.ceil((count * width * blockBytes) / 32 / 32) * 32;
  const more = aligned(options.tokens) - aligned(had);
  embedding.dims[1] = BigInt(options.tokens);
  for (const one of model.tensors) if (one !== embedding) one.offset += BigInt(more);
  const end = aligned(had);
  model.data = Buffer.concat([model.data.subarray(0, end), Buffer.alloc(more), model.data.subarray(end)]);
  return putTogether(model);
}
