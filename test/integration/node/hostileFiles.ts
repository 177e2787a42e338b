import { type Gguf, textOf, u32Of, u64Of } from "../../support/gguf.ts";

type Spoil = (file: Gguf) => void;

const pair = (file: Gguf, key: string) => {
  const found = file.pairs.find((one) => one.key === key);
  if (found === undefined) throw new Error(`the model has no ${key}`);
  return found;
};
const number =
  (key: string, value: number): Spoil =>
  (file) => {
    Object.assign(pair(file, key), { type: 4, value: u32Of(value) });
  };
const text =
  (key: string, value: string): Spoil =>
  (file) => {
    Object.assign(pair(file, key), { type: 8, value: textOf(value) });
  };
const without =
  (key: string): Spoil =>
  (file) => {
    file.pairs = file.pairs.filter((one) => one.key !== key);
  };
const tensor =
  (change: (one: Gguf["tensors"][number]) => void, at = 0): Spoil =>
  (file) => {
    const found = file.tensors.at(at);
    if (found !== undefined) change(found);
  };
/** A list's declared length; its bytes stay. */
const listLength =
  (key: string, length: bigint): Spoil =>
  (file) => {
    const found = pair(file, key);
    u64Of(length).copy(found.value, 4);
  };
const nan =
  (pattern: number, type: number): Spoil =>
  (file) => {
    for (const one of file.tensors) if (one.type === type) file.data.writeUInt16LE(pattern, Number(one.offset));
  };
const f32nan: Spoil = (file) => {
  for (const one of file.tensors) if (one.type === 0) file.data.writeUInt32LE(0x7fc0_0000, Number(one.offset));
};

/** Model files that crash or mislead a loader, each spoilt in one thing. Sources: ggml's docs/gguf.md, llama.cpp. */
export const hostileFiles: Readonly<Record<string, Spoil>> = {
  // Headers and counts.
  "version of the future": (file) => {
    file.version = 77;
  },
  "a million declared tensors": (file) => {
    file.declared.tensors = 1_000_000n;
  },
  "more declared metadata than there is": (file) => {
    file.declared.pairs = 2n ** 63n;
  },
  "fewer declared tensors than there are": (file) => {
    file.declared.tensors = 2n;
  },
  "a text longer than any file": (file) => u64Of(2n ** 60n).copy(pair(file, "general.architecture").value),
  "a list longer than any file": listLength("tokenizer.ggml.tokens", 2n ** 61n),
  // Dimensions.
  "no heads": number("llama.attention.head_count", 0),
  "heads that are missing": without("llama.attention.head_count"),
  "heads that do not divide the width": number("llama.attention.head_count", 7),
  "no heads for keys": number("llama.attention.head_count_kv", 0),
  "a feed-forward length that is missing": without("llama.feed_forward_length"),
  "a feed-forward length that is not the tensors'": number("llama.feed_forward_length", 4_096),
  "a billion blocks": number("llama.block_count", 1_000_000_000),
  "more blocks than tensors": number("llama.block_count", 1_000),
  "a width that is not the tensors'": number("llama.embedding_length", 256),
  "no context": number("llama.context_length", 0),
  "a tensor without dimensions": tensor((one) => {
    one.dims = [];
  }),
  "a tensor with nine dimensions": tensor((one) => {
    one.dims = Array.from({ length: 9 }, () => 2n);
  }),
  "an empty tensor": tensor((one) => {
    one.dims = [0n, 8n];
  }),
  "a tensor whose size overflows": tensor((one) => {
    one.dims = [2n ** 40n, 2n ** 40n];
  }),
  "a tensor outside the file": tensor((one) => {
    one.offset = 2n ** 50n;
  }),
  "a tensor that ends outside the file": tensor((one) => {
    one.offset += 1_024n;
  }, -1),
  "a tensor that is not aligned": tensor((one) => {
    one.offset += 7n;
  }, 1),
  "two tensors of one name": (file) =>
    tensor((one) => {
      one.name = file.tensors[1]?.name ?? "";
    })(file),
  // Types.
  "a tensor of an unknown type": tensor((one) => {
    one.type = 255;
  }),
  "metadata of an unknown type": (file) => {
    pair(file, "general.architecture").type = 99;
  },
  "an architecture that is a number": number("general.architecture", 1),
  "an architecture that nobody knows": text("general.architecture", "skynet"),
  "an alignment of nothing": (file) => void file.pairs.push({ key: "general.alignment", type: 4, value: u32Of(0) }),
  // Weights.
  "scales that are not numbers": nan(0x7e00, 8),
  "norms that are not numbers": f32nan,
  // Tokenizers.
  "no tokens": without("tokenizer.ggml.tokens"),
  "fewer scores than tokens": listLength("tokenizer.ggml.scores", 3n),
  "a tokenizer that nobody knows": text("tokenizer.ggml.model", "enigma"),
  "an end token outside the vocabulary": number("tokenizer.ggml.eos_token_id", 4_000_000_000),
  "a first token outside the vocabulary": number("tokenizer.ggml.bos_token_id", 70_000),
  // Chat templates.
  "no chat template": without("tokenizer.chat_template"),
  "a chat template that is broken": text("tokenizer.chat_template", "{% for m in messages %}{{ m['content'] }"),
  "a chat template that always refuses": text("tokenizer.chat_template", "{{ raise_exception('no') }}"),
  "a chat template that reaches for the process": text(
    "tokenizer.chat_template",
    "{{ messages.constructor.constructor('return process')().exit(1) }}",
  ),
};
