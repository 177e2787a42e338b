import type { Hex } from "viem";
import { z } from "zod";
import { canonicalBytes } from "./canonicalJson.ts";
import { InvalidInputError } from "./errors.ts";
import type { Sha256 } from "./hashing.ts";
import { toBytes32 } from "./hashing.ts";
import { sha256Schema } from "./primitives.ts";

/** Most bytes that a manifest may have; readers stop there. */
export const MAX_MANIFEST_BYTES = 262_144;

/** Text of a bounded length without control characters (line breaks and tabs are allowed in long texts). */
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, "control characters are not allowed");
const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^(?:[^\p{Cc}\u202a-\u202e\u2066-\u2069]|[\n\t])*$/u, "control characters are not allowed");

const webUrlSchema = z.url({ protocol: /^https?$/ }).max(2_048);

export const messageSchema = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: text(16_384),
});

/** Sampling parameters; what is absent is the engine's neutral value. */
export const samplingSchema = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().gt(0).max(1).optional(),
  topK: z.int().min(0).max(1_000).optional(),
  minP: z.number().min(0).max(1).optional(),
  repeatPenalty: z.number().min(0.5).max(2).optional(),
  maxTokens: z.int().min(1).max(131_072).optional(),
  stop: z.array(z.string().min(1).max(128)).max(8).optional(),
});

const responseFormatSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("json_schema"), schema: z.record(z.string(), z.json()) }),
  z.strictObject({ type: z.literal("gbnf"), grammar: z.string().min(1).max(65_536) }),
]);

/** How knowledge files are split and how many of the pieces, in characters, join a prompt. */
const knowledgeSchema = z
  .strictObject({
    chunkChars: z.int().min(64).max(16_384),
    overlapChars: z.int().min(0).max(8_192),
    topK: z.int().min(1).max(64),
  })
  .refine(({ chunkChars, overlapChars }) => overlapChars < chunkChars, {
    message: "must be less than chunkChars",
    path: ["overlapChars"],
  });

/** Files of each role that an entry may have; of knowledge as many as there is room for. */
const MOST_OF_ROLE = { adapter: 4, embedding: 1 } as const;

/**
 * One file of an entry. `embedding`: a GGUF model that finds knowledge by meaning; without one, words decide.
 * `piecesRoot`, `pieceLength` and `pieceLayer` are those of BEP 52.
 */
export const manifestFileSchema = z.strictObject({
  role: z.enum(["model", "adapter", "knowledge", "embedding"]),
  name: line(128).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "letters, digits, dot, dash and underscore only"),
  size: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  sha256: sha256Schema,
  piecesRoot: sha256Schema,
  pieceLength: z.int().min(1_048_576),
  pieceLayer: z.array(sha256Schema).min(1).max(2_048),
  urls: z.array(webUrlSchema).max(16),
});

export const wrapperSchema = z.strictObject({
  systemPrompt: text(16_384),
  fewShot: z.array(messageSchema).max(64),
  sampling: samplingSchema,
  responseFormat: responseFormatSchema.optional(),
  knowledge: knowledgeSchema.optional(),
  starters: z.array(line(512)).max(8),
  gradioUrl: webUrlSchema.optional(),
});

/** What an author writes about an entry: everything but the computed hashes of its files. */
export const entryDraftSchema = z.strictObject({
  name: line(48),
  tagline: line(160),
  description: text(16_384),
  category: z.enum(["story", "text", "numbers", "code", "hands-on", "language", "other"]),
  team: line(160),
  funding: line(512),
  baseModel: z.strictObject({ name: line(160), license: line(64) }).optional(),
  parameters: z.int().positive(),
  quantization: line(32),
  contextLength: z.int().min(16).max(16_777_216),
  license: line(64).regex(/^[A-Za-z0-9.+-]+(?: (?:WITH|AND|OR) [A-Za-z0-9.+-]+)*$/, "expected an SPDX expression"),
  wrapper: wrapperSchema,
  /** One real exchange with the model, shown on its card. */
  example: z.strictObject({ prompt: line(512), answer: text(2_048) }).optional(),
  /** Prompts with the answers that the model gives at temperature 0; anybody can try them. */
  checks: z
    .array(
      z.strictObject({
        prompt: line(512),
        answer: text(2_048).optional(),
        contains: text(256).optional(),
        lines: z.int().positive().optional(),
      }),
    )
    .max(32)
    .optional(),
});

/** The whole manifest, `entry.json`. Exactly one file has the role `model`. */
export const manifestSchema = z
  .strictObject({ version: z.literal(1), ...entryDraftSchema.shape, files: z.array(manifestFileSchema).min(1).max(64) })
  .refine(({ files }) => files.filter(({ role }) => role === "model").length === 1, {
    message: "exactly one file must have the role model",
    path: ["files"],
  })
  .superRefine(({ files }, context) => {
    for (const [role, most] of Object.entries(MOST_OF_ROLE)) {
      const found = files.filter((file) => file.role === role).length;
      if (found > most)
        context.addIssue({
          code: "custom",
          path: ["files"],
          message: `at most ${most} of the role ${role}, not ${found}`,
        });
    }
  });

export type EntryDraft = z.infer<typeof entryDraftSchema>;
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = z.infer<typeof manifestFileSchema>;
export type Sampling = z.infer<typeof samplingSchema>;

/** Checks a manifest. Throws `InvalidInputError` that names each wrong field. */
export function parseManifest(value: unknown): Manifest {
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError("This manifest is not valid.", { metaMessages: describeIssues(parsed.error) });
}

/** One line per wrong field: where, and what was expected. At most 12 lines. */
export function describeIssues(error: z.ZodError): string[] {
  return error.issues.slice(0, 12).map(({ path, message }) => `${path.map(String).join(".") || "(whole)"}: ${message}`);
}

/** SHA-256 of the manifest in canonical JSON, as the chain keeps it. Source: RFC 8785. */
export function manifestHash(manifest: Manifest, sha256: Sha256): Hex {
  return toBytes32(sha256(canonicalBytes(manifest)));
}

/** The one file with the role `model`. */
export function modelFile(manifest: Manifest): ManifestFile {
  const file = manifest.files.find(({ role }) => role === "model");
  if (file === undefined) throw new InvalidInputError("This manifest names no model file.");
  return file;
}
