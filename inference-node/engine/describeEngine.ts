import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { RetryableError, shortMessageOf } from "#protocol/errors.ts";
import type { Engine } from "#protocol/node.ts";
import { withoutSecrets } from "../withoutSecrets.ts";
import type { EngineBuild } from "./childProtocol.ts";
import type { EngineSetting } from "./engineSettings.ts";
import { upstreamOf } from "./engineSettings.ts";
import { upstreamHeaders } from "./readEvents.ts";

const props = z.object({
  build_info: z.string().optional(),
  default_generation_settings: z.object({ n_ctx: z.number().int().positive() }),
});

/**
 * What a node says that it runs, for one entry; signed with every attestation.
 *
 * Throws `RetryableError` when an upstream does not answer or its context is smaller than the entry's.
 */
export async function describeEngine(
  setting: EngineSetting | null,
  build: () => Promise<EngineBuild>,
  sizes: { readonly contextSize: number; readonly batchSize: number },
): Promise<Engine> {
  const contextSize = sizes.contextSize;
  const batchSize = Math.min(sizes.batchSize, contextSize);
  const plain = { contextSize, batchSize, flashAttention: false, kvType: "f16" } as const;
  switch (setting?.api) {
    case undefined:
      return { ...(await build()), ...plain };
    case "own-llama-server": {
      const llamaCpp = await versionOf(setting.binary);
      return { ...plain, llamaCpp, variant: `llama-server ${process.arch}`, upstream: "llama-server" };
    }
    case "llama-server": {
      const { build_info, default_generation_settings } = await readProps(setting);
      if (default_generation_settings.n_ctx < contextSize) {
        throw new RetryableError(`The llama-server at ${withoutSecrets(setting.url)} holds too few tokens.`, {
          metaMessages: [
            `Each of its slots holds ${default_generation_settings.n_ctx}, the entry asks for ${contextSize}.`,
            "Start it with a larger --ctx-size, or with fewer slots.",
          ],
        });
      }
      return {
        ...plain,
        llamaCpp: (build_info ?? "unknown").slice(0, 64),
        variant: "llama-server",
        batchSize: setting.batchSize,
        flashAttention: setting.flashAttention,
        upstream: "llama-server",
      };
    }
    case "openai":
      return { ...plain, llamaCpp: "unknown", variant: "unknown", kvType: "unknown", upstream: "openai" };
  }
}

async function readProps(setting: Extract<EngineSetting, { api: "llama-server" }>): Promise<z.infer<typeof props>> {
  const upstream = upstreamOf(setting, process.env);
  try {
    const response = await fetch(`${setting.url.replace(/\/+$/, "")}/props`, {
      headers: upstreamHeaders("apiKey" in upstream ? upstream.apiKey : undefined),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`GET /props answered ${response.status}`);
    return props.parse(await response.json());
  } catch (cause) {
    throw new RetryableError(`The llama-server at ${withoutSecrets(setting.url)} does not answer.`, {
      metaMessages: [shortMessageOf(cause)],
      cause,
    });
  }
}

async function versionOf(binary: string): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(binary, ["--version"], { timeout: 30_000 });
    return (/version: (.+)/.exec(stderr + stdout)?.[1] ?? "unknown").trim().slice(0, 64);
  } catch (cause) {
    throw new RetryableError(`The engine ${binary} does not run.`, { metaMessages: [shortMessageOf(cause)], cause });
  }
}
