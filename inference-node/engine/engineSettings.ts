import { z } from "zod";
import { InvalidInputError } from "#protocol/errors.ts";
import { addressSchema } from "#protocol/primitives.ts";
import type { EntryName } from "../models/entryFacts.ts";
import { withoutSecrets } from "../withoutSecrets.ts";
import type { Upstream } from "./childProtocol.ts";

const common = {
  /** Entry id; every entry that no other line names where absent. */
  entry: z.int().positive().optional(),
  /** That entry's contest; the line holds for entries of any contest where absent. */
  contest: addressSchema.optional(),
};
const remote = {
  ...common,
  url: z.url({ protocol: /^https?$/ }),
  /** Environment variable with the key that the upstream asks for. */
  apiKeyEnv: z.string().min(1).optional(),
};

/** What an operator says about an engine that stands in for the embedded one. */
export const engineSettingSchema = z.discriminatedUnion("api", [
  z.strictObject({
    ...remote,
    api: z.literal("llama-server"),
    /** What it was started with, since it does not say: `--flash-attn`, `--ubatch-size`. */
    flashAttention: z.boolean().default(true),
    batchSize: z.int().positive().default(512),
  }),
  z.strictObject({ ...remote, api: z.literal("openai"), model: z.string().min(1).max(256) }),
  /** A llama-server that the node starts, watches and ends. */
  z.strictObject({ ...common, api: z.literal("own-llama-server"), binary: z.string().min(1) }),
]);
export type EngineSetting = z.infer<typeof engineSettingSchema>;

/** The setting that holds for an entry; null where the embedded engine answers. */
export function settingFor(settings: readonly EngineSetting[], { contest, entryId }: EntryName): EngineSetting | null {
  const held = settings.filter((one) => one.contest === undefined || one.contest === contest);
  return held.find(({ entry }) => entry === entryId) ?? held.find(({ entry }) => entry === undefined) ?? null;
}

/** Throws `InvalidInputError` when the variable of a key is not set. */
export function upstreamOf(setting: EngineSetting, env: NodeJS.ProcessEnv): Upstream {
  if (setting.api === "own-llama-server") return { api: setting.api, binary: setting.binary };
  const apiKey = setting.apiKeyEnv === undefined ? undefined : env[setting.apiKeyEnv];
  if (setting.apiKeyEnv !== undefined && !apiKey) {
    throw new InvalidInputError(`The environment variable ${setting.apiKeyEnv} is not set.`, {
      metaMessages: [`The engine at ${withoutSecrets(setting.url)} is said to ask for the key in it.`],
    });
  }
  const reached = { url: setting.url, ...(apiKey !== undefined && { apiKey }) };
  return setting.api === "openai"
    ? { ...reached, api: setting.api, model: setting.model }
    : { ...reached, api: setting.api };
}
