import { z } from "zod";
import type { KnowledgeSettings } from "./splitKnowledge.ts";

/** What a parent may ask of the process that holds one model. */
export type ToChild =
  | { readonly type: "load"; readonly options: LoadOptions }
  | { readonly type: "generate"; readonly id: number; readonly job: GenerationJob }
  | { readonly type: "embed"; readonly id: number; readonly job: EmbedJob }
  | { readonly type: "cancel"; readonly id: number };

/** How a model is opened. `modelPath: null` only starts the engine, to learn its facts. */
export type LoadOptions = {
  readonly modelPath: string | null;
  /** Tokens; the child caps it at what the file was trained on. */
  readonly contextSize: number;
  readonly batchSize: number;
  readonly threads: number;
  readonly gpu: GpuChoice;
  /** Answers that may be under way at a time, each with a context of its own; one where absent. */
  readonly sequences?: number;
  /** Where answers are made instead of in the child itself; the child then only renders prompts. */
  readonly upstream?: Upstream;
  /** LoRA adapters in GGUF that are applied in full. */
  readonly adapterPaths?: readonly string[];
  readonly knowledge?: KnowledgeOptions | null;
};

/** An engine outside the child. */
export type Upstream =
  | {
      /** Takes and gives token ids. */
      readonly api: "llama-server";
      readonly url: string;
      readonly apiKey?: string;
    }
  | {
      /** Speaks in messages and text. */
      readonly api: "openai";
      /** With the version, such as http://127.0.0.1:11434/v1. */
      readonly url: string;
      /** What the upstream calls the model. */
      readonly model: string;
      readonly apiKey?: string;
    }
  | {
      /** A llama-server that the child starts on loopback and that ends with it. */
      readonly api: "own-llama-server";
      readonly binary: string;
    };

/** Texts of an entry's that questions are answered from. */
export type KnowledgeOptions = {
  readonly files: readonly { readonly name: string; readonly path: string }[];
  readonly settings: KnowledgeSettings;
  /** A GGUF model that finds them by meaning; by words where null. */
  readonly embeddingPath: string | null;
};

export type GpuChoice = "auto" | "cuda" | "vulkan" | "metal" | false;

export type ChatMessage = { readonly role: "system" | "user" | "assistant"; readonly content: string };

/** Sampling parameters in force for one answer. Temperature 0 is greedy; top-k 0 and top-p 1 switch the filter off. */
export type SamplingInForce = {
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  /** 1 leaves repetitions alone. */
  readonly repeatPenalty: number;
  /** 0 to 2^32 - 1. */
  readonly seed: number;
};

/** How the answer's text is constrained. */
export type AnswerFormat =
  | { readonly type: "json_schema"; readonly schema: Readonly<Record<string, unknown>> }
  | { readonly type: "gbnf"; readonly grammar: string };

export type GenerationJob = {
  readonly messages: readonly ChatMessage[];
  readonly sampling: SamplingInForce;
  /** null: until the model stops or the context is full. */
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly format: AnswerFormat | null;
};

/** `truncate`: cut a text that is too long, instead of refusing it. */
export type EmbedJob = { readonly texts: readonly string[]; readonly truncate: boolean };

const token = z.number().int().min(0).max(0xffffffff);

/** Which llama.cpp runs, and on what: the part of an engine's description that only a started engine knows. */
const engineBuildSchema = z.object({ llamaCpp: z.string().min(1).max(64), variant: z.string().min(1).max(64) });

const loadedSchema = z.object({
  type: z.literal("loaded"),
  engine: engineBuildSchema,
  contextSize: z.number().int().min(0),
  trainedContext: z.number().int().min(0),
  loadMs: z.number().min(0),
});

/** Why a child refuses or fails; `prompt_too_long` and `bad_format` are the caller's doing. */
const failureCode = z.enum(["load_failed", "prompt_too_long", "bad_format", "bad_prompt", "failed"]);

/** What a child may say. Parsed by the parent: a child that runs a hostile file is not trusted. */
export const fromChildSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("started") }),
  loadedSchema,
  z.object({ type: z.literal("prompt"), id: z.number().int(), tokens: z.array(token).max(2_000_000) }),
  z.object({
    type: z.literal("texts"),
    /** What several answers grew by in one step. */
    texts: z.array(z.object({ id: z.number().int(), text: z.string() })).max(1_024),
  }),
  z.object({ type: z.literal("alive"), id: z.number().int() }),
  z.object({
    type: z.literal("done"),
    id: z.number().int(),
    finish: z.enum(["stop", "length", "cancelled"]),
    tokens: z.array(token).max(2_000_000),
  }),
  z.object({
    type: z.literal("embedded"),
    id: z.number().int(),
    vectors: z.array(z.array(z.number()).max(65_536)).max(1_024),
    tokens: z.number().int().min(0),
  }),
  z.object({
    type: z.literal("failed"),
    id: z.number().int().nullable(),
    code: failureCode,
    message: z.string().max(2_000),
  }),
]);

export type FromChild = z.infer<typeof fromChildSchema>;
export type LoadedModel = Omit<z.infer<typeof loadedSchema>, "type">;
export type EngineBuild = z.infer<typeof engineBuildSchema>;
export type FailureCode = z.infer<typeof failureCode>;
