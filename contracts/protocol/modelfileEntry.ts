import { InvalidInputError } from "./errors.ts";
import type { Manifest, Sampling } from "./manifest.ts";
import { modelFile } from "./manifest.ts";
import type { Modelfile, ModelfileParameter } from "./modelfile.ts";

type Wrapper = Manifest["wrapper"];

/** What of a Modelfile an entry can take over, and in words what it cannot. */
export type FromModelfile = {
  readonly wrapper: Wrapper;
  /** Tokens; null where the file says nothing. */
  readonly contextLength: number | null;
  readonly license: string | null;
  readonly notes: readonly string[];
};

export type ToModelfile = { readonly modelfile: Modelfile; readonly notes: readonly string[] };

/** What Ollama does where a Modelfile is silent. Source: ollama's docs/modelfile.md. */
const OLLAMA_DEFAULTS = { temperature: 0.8, topK: 40, topP: 0.9, minP: 0, repeatPenalty: 1.1 } as const;
/** What an entry does where its manifest is silent. */
const NEUTRAL = { temperature: 1, topK: 0, topP: 1, minP: 0, repeatPenalty: 1 } as const;

const NUMBERS = {
  temperature: "temperature",
  top_k: "topK",
  top_p: "topP",
  min_p: "minP",
  repeat_penalty: "repeatPenalty",
} as const;

/**
 * Turns a Modelfile into an entry's wrapper. Where it is silent about sampling, Ollama's defaults are written out: the
 * entry then answers as it did there. Values are not checked here; `parseManifest` says which are out of bounds.
 */
export function wrapperFromModelfile(modelfile: Modelfile): FromModelfile {
  const notes: string[] = [];
  const sampling: { -readonly [name in keyof Sampling]: Sampling[name] } = { ...OLLAMA_DEFAULTS };
  const stop: string[] = [];
  let contextLength: number | null = null;
  for (const { name, value } of modelfile.parameters) {
    const own = NUMBERS[name as keyof typeof NUMBERS];
    if (own !== undefined) sampling[own] = numberIn(name, value);
    else if (name === "stop") stop.push(value);
    else if (name === "num_ctx") contextLength = numberIn(name, value);
    // -1 and -2 mean no limit but the context's.
    else if (name === "num_predict") {
      const most = numberIn(name, value);
      if (most > 0) sampling.maxTokens = most;
    } else if (name === "seed") notes.push(`PARAMETER seed ${value}: callers choose the seed of each answer.`);
    else notes.push(`PARAMETER ${name} ${value}: an entry has nothing like it; left out.`);
  }
  if (stop.length > 0) sampling.stop = stop;
  if (modelfile.template !== null)
    notes.push("TEMPLATE: nodes use the chat template inside the GGUF file; see that both say the same.");
  const inMessages = modelfile.messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const [license] = modelfile.licenses;
  return {
    wrapper: {
      systemPrompt: [modelfile.system ?? "", ...inMessages].filter((text) => text !== "").join("\n\n"),
      fewShot: modelfile.messages.filter(({ role }) => role !== "system"),
      sampling,
      starters: [],
    },
    contextLength,
    license: license === undefined ? null : nameOfLicense(license),
    notes,
  };
}

function numberIn(name: string, value: string): number {
  const number = Number(value);
  if (Number.isFinite(number) && value.trim() !== "") return number;
  throw new InvalidInputError(`PARAMETER ${name} takes a number; this Modelfile says "${value.slice(0, 40)}".`);
}

/** SPDX names of the licences whose whole text Modelfiles like to carry; null for what is not recognised. */
function nameOfLicense(text: string): string | null {
  const known: readonly (readonly [RegExp, string])[] = [
    [/apache license\s*,?\s*version 2\.0/i, "Apache-2.0"],
    [/\bmit license\b/i, "MIT"],
    [/creative commons.*cc0|cc0 1\.0 universal/i, "CC0-1.0"],
    [/gnu affero general public license/i, "AGPL-3.0-only"],
    [/gnu general public license/i, "GPL-3.0-only"],
  ];
  const trimmed = text.trim();
  if (/^[A-Za-z0-9.+-]{2,40}$/.test(trimmed)) return trimmed;
  return known.find(([pattern]) => pattern.test(trimmed))?.[1] ?? null;
}

/** Writes an entry as a Modelfile for its model at `from`; sampling is said in full, since Ollama's defaults differ. */
export function modelfileOf(manifest: Manifest, from = `./${modelFile(manifest).name}`): ToModelfile {
  const { wrapper } = manifest;
  const { sampling } = wrapper;
  const adapters = manifest.files.filter(({ role }) => role === "adapter").map(({ name }) => `./${name}`);
  const parameters: ModelfileParameter[] = [
    ...Object.entries(NUMBERS).map(([name, own]) => ({ name, value: String(sampling[own] ?? NEUTRAL[own]) })),
    { name: "num_ctx", value: String(manifest.contextLength) },
    ...(sampling.maxTokens === undefined ? [] : [{ name: "num_predict", value: String(sampling.maxTokens) }]),
    ...(sampling.stop ?? []).map((value) => ({ name: "stop", value })),
  ];
  const notes = [
    ...(wrapper.responseFormat === undefined
      ? []
      : ["The response format is left out: with Ollama the caller sends it as `format`."]),
    ...(wrapper.knowledge === undefined ? [] : ["The knowledge files are left out: Ollama has no retrieval."]),
  ];
  return {
    modelfile: {
      from,
      adapters,
      parameters,
      // Ollama takes the template from the GGUF file as nodes do.
      template: null,
      system: wrapper.systemPrompt === "" ? null : wrapper.systemPrompt,
      messages: wrapper.fewShot,
      licenses: [manifest.license],
    },
    notes,
  };
}
