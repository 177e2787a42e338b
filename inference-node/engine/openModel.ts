import type { Llama, LlamaContextSequence, LlamaModel } from "node-llama-cpp";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import type { EngineBuild, LoadOptions } from "./childProtocol.ts";

export type OpenedModel = {
  readonly llama: Llama;
  readonly model: LlamaModel;
  /** In the order of their numbers in llama.cpp. */
  readonly sequences: readonly LlamaContextSequence[];
  /** Tokens that prompt and answer may hold together. */
  readonly contextSize: number;
};

/** A model of which only the tokenizer and the chat template were read. */
export type OpenedVocabulary = Pick<OpenedModel, "model" | "contextSize">;

/** Starts llama.cpp from the binaries that came with the packages; nothing is built or fetched. */
export async function openLlama(
  options: LoadOptions,
): Promise<{ readonly llama: Llama; readonly engine: EngineBuild }> {
  const backend = Promise.withResolvers<string>();
  const llama = await getLlama({
    gpu: options.gpu,
    build: "never",
    skipDownload: true,
    maxThreads: options.threads,
    progressLogs: false,
    // Which of its CPU backends llama.cpp chose is said in its log only, and it changes the bits of an answer.
    logLevel: LlamaLogLevel.log,
    logger: (_level, message) => {
      const name = /loaded CPU backend from .*ggml-cpu-?([\w.-]*)\.(?:so|dll|dylib)/.exec(message)?.[1];
      if (name !== undefined) backend.resolve(name);
    },
  });
  // The log arrives a moment after the library says that it is ready, and not at all where there is one backend only.
  const patience = setTimeout(() => backend.resolve(""), 300);
  const name = await backend.promise;
  clearTimeout(patience);
  llama.logLevel = LlamaLogLevel.error;
  const cpu = name === "" ? process.arch : name;
  const variant = llama.gpu === false ? `cpu ${cpu}` : `${llama.gpu} ${(await llama.getGpuDeviceNames()).join(", ")}`;
  return { llama, engine: { llamaCpp: llama.llamaCppRelease.release.slice(0, 64), variant: variant.slice(0, 64) } };
}

/**
 * Loads a model file and makes the sequences that answers are generated in.
 *
 * Memory mapping is off (a file that shrinks under a map kills the process), flash attention is off and the batch
 * size fixed (both change logits, and receipts are audited against them).
 */
export async function openModel(llama: Llama, modelPath: string, options: LoadOptions): Promise<OpenedModel> {
  const model = await llama.loadModel({
    modelPath,
    useMmap: false,
    checkTensors: true,
    defaultContextFlashAttention: false,
    ...(llama.gpu === false ? { gpuLayers: 0 } : {}),
  });
  const contextSize = Math.min(options.contextSize, model.trainContextSize);
  const sequences = options.sequences ?? 1;
  const context = await model.createContext({
    contextSize,
    batchSize: options.batchSize,
    sequences,
    threads: options.threads,
    flashAttention: false,
    ...((options.adapterPaths ?? []).length > 0 && {
      lora: { adapters: (options.adapterPaths ?? []).map((filePath) => ({ filePath, scale: 1 })) },
    }),
  });
  return {
    llama,
    model,
    sequences: Array.from({ length: sequences }, () => context.getSequence()),
    contextSize: Math.min(contextSize, context.contextSize),
  };
}

/** Reads what a prompt is made with, where something else makes the answers. */
export async function openVocabulary(llama: Llama, modelPath: string, options: LoadOptions): Promise<OpenedVocabulary> {
  const model = await llama.loadModel({ modelPath, useMmap: false, vocabOnly: true, gpuLayers: 0 });
  const trained = model.fileInsights.trainContextSize ?? options.contextSize;
  return { model, contextSize: Math.min(options.contextSize, trained) };
}
