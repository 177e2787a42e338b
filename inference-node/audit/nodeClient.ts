import { z } from "zod";
import { BaseError, InvalidInputError, RetryableError, shortMessageOf } from "#protocol/errors.ts";
import { bareHex } from "#protocol/hashing.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { manifestHash, parseManifest } from "#protocol/manifest.ts";
import { bundleSchema } from "#protocol/node.ts";
import { addressSchema, bytes32Schema } from "#protocol/primitives.ts";
import { nodeHashing } from "../models/nodeHashing.ts";
import { pause } from "../serve/pause.ts";
import type { SavedBundle } from "./savedBundle.ts";

const homeSchema = z.object({ node: addressSchema, chainId: z.int().positive(), registry: addressSchema });
const modelsSchema = z.object({
  data: z.array(
    z.object({ id: z.string(), coindrop: z.object({ name: z.string(), manifestHash: bytes32Schema }).optional() }),
  ),
});
const answerSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1),
  coindrop: bundleSchema,
});
const maxAnswerBytes = 16_777_216;
/** Milliseconds that an answer may take, and times that a busy node is asked again. */
const answerMs = 300_000;
const tries = 5;

export type ServedModel = { readonly id: string; readonly name: string; readonly manifestHash: string };

export type NodeClient = {
  readonly url: string;
  readonly models: readonly ServedModel[];
  readonly manifest: (model: ServedModel) => Promise<Manifest>;
  /** Asks as any client does. `temperature` undefined: the entry's own sampling. */
  readonly ask: (
    model: ServedModel,
    question: string,
    temperature?: number,
  ) => Promise<{ readonly text: string; readonly bundle: SavedBundle }>;
};

/** Looks at a node. Throws `RetryableError` when it does not answer, `InvalidInputError` when it is none. */
export async function openNodeClient(base: string, signal: AbortSignal): Promise<NodeClient> {
  const url = base.replace(/\/+$/, "");
  const home = read(homeSchema, await get(`${url}/`, signal), `${url}/`);
  const models = read(modelsSchema, await get(`${url}/v1/models`, signal), `${url}/v1/models`).data.flatMap(
    ({ id, coindrop }) => (coindrop === undefined ? [] : [{ id, ...coindrop }]),
  );
  return {
    url,
    models,
    async manifest(model) {
      const manifest = parseManifest(await get(`${url}/manifests/${model.manifestHash.slice(2)}`, signal));
      const hash = manifestHash(manifest, nodeHashing.sha256);
      if (hash === model.manifestHash) return manifest;
      throw new InvalidInputError("The node's manifest is not the one whose hash it names.", {
        metaMessages: [`named: ${bareHex(model.manifestHash as `0x${string}`)}`, `found: ${bareHex(hash)}`],
      });
    },
    async ask(model, question, temperature) {
      const body = { model: model.id, messages: [{ role: "user", content: question }], temperature };
      const where = `${url}/v1/chat/completions`;
      const answer = read(answerSchema, await post(where, body, signal), where);
      const bundle = { ...answer.coindrop, chainId: home.chainId, registry: home.registry, from: url };
      return { text: answer.choices[0]?.message.content ?? "", bundle };
    },
  };
}

/** The model that somebody means by its id, its entry's id or its name; the only one where nothing is said. */
export function chooseModel({ models, url }: NodeClient, wanted: string | undefined): ServedModel {
  const fitting = models.filter(
    ({ id, name }) => wanted === undefined || id === wanted || name === wanted || id.endsWith(`/${wanted}`),
  );
  const [found] = fitting;
  if (found !== undefined && fitting.length === 1) return found;
  const unknown = wanted !== undefined && found === undefined;
  const reason = unknown
    ? `${url} serves no model ${JSON.stringify(wanted)}.`
    : `Say with --entry which model of ${url} is meant.`;
  throw new InvalidInputError(reason, {
    metaMessages: models.map(({ id, name }) => `${name}  ${id}`),
  });
}

function read<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`${where} does not answer as a Coindrop node does, or without a receipt.`);
}

const get = (url: string, signal: AbortSignal): Promise<unknown> => request(url, { signal });
const post = (url: string, body: unknown, signal: AbortSignal): Promise<unknown> =>
  request(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });

async function request(url: string, init: RequestInit & { signal: AbortSignal }): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(url, {
        ...init,
        signal: AbortSignal.any([init.signal, AbortSignal.timeout(answerMs)]),
      });
      const text = await boundedText(response);
      if (response.ok) return JSON.parse(text);
      const busy = response.status === 429 || response.status === 503;
      if (!busy || attempt === tries)
        throw new RetryableError(`${url} answers ${response.status}: ${text.slice(0, 300)}`);
      await pause(Math.min(Number(response.headers.get("retry-after") ?? 1) || 1, 60) * 1_000, init.signal);
    } catch (error) {
      if (error instanceof BaseError || init.signal.aborted) throw error;
      throw new RetryableError(`No node answers at ${url}.`, { metaMessages: [shortMessageOf(error)], cause: error });
    }
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw new InvalidInputError(`${response.url} answers with more than 16 MiB.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
