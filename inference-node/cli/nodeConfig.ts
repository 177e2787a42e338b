import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import { describeIssues } from "#protocol/manifest.ts";
import { addressSchema } from "#protocol/primitives.ts";
import type { HostedContest } from "../chain/readContests.ts";
import { engineSettingSchema } from "../engine/engineSettings.ts";
import { defaultServeLimits } from "../serve/admission.ts";
import { costsSchema } from "../serve/modelCost.ts";

const folders = z.array(z.string().min(1));

/** Where a private key comes from: an environment variable, or an encrypted keystore file and its password's variable. */
const keySchema = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ keystore: z.string().min(1), passwordEnv: z.string().min(1) }),
]);
export type KeySource = z.infer<typeof keySchema>;

/** Entry ids, or all live ones. */
const entriesSchema = z.union([z.literal("all"), z.array(z.int().positive()).min(1)]);

/** Everything that a node can be told, in a file or by flags of the same meaning. Flags go before the file. */
const nodeConfigSchema = z.strictObject({
  // A space ends an address where texts are searched for keys.
  rpcUrl: z.url({ protocol: /^https?$/ }).regex(/^\S+$/, "an address holds no spaces"),
  factory: addressSchema,
  nodeRegistry: addressSchema,
  contest: addressSchema,
  entries: entriesSchema.default("all"),
  /** More contests of the factory, and which of their entries. */
  also: z.array(z.strictObject({ contest: addressSchema, entries: entriesSchema })).default([]),
  /** The signing key. */
  key: keySchema.default({ env: "COINDROP_NODE_KEY" }),
  /** The key of the account that holds the stake; only registering and carrying attestations need it. */
  operatorKey: keySchema.optional(),
  /** That account's address, where its key is not given. */
  node: addressSchema.optional(),
  /** Base URL under which the world reaches this node; the address it listens on when absent. */
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(256)
    .optional(),
  /** In coins, such as "200". When given, `serve` registers the node if the registry does not know it yet. */
  registerStake: z
    .string()
    .regex(/^\d+(\.\d+)?$/, "expected an amount of coins, such as 200 or 12.5")
    .optional(),
  /** Whether the signing key may be the one that holds the stake: whoever has the machine then has the stake, too. */
  allowOneKey: z.boolean().default(false),
  models: folders.default([]),
  manifests: folders.default([]),
  /** Where fetched models are kept. */
  store: z.string().min(1).default(".coindrop/models"),
  /** What the node must not forget; `state` in the store's folder when absent. One process at a time. */
  state: z.string().min(1).optional(),
  /** Own certificate, PEM files; without it the node speaks plain http, as behind a proxy. */
  tls: z.strictObject({ cert: z.string().min(1), key: z.string().min(1) }).optional(),
  /** What running costs, for the model cards. */
  costs: costsSchema.optional(),
  host: z.string().min(1).default("127.0.0.1"),
  /** 0 takes a free one. */
  port: z.int().min(0).max(65_535).default(0),
  gpu: z.union([z.literal(false), z.enum(["auto", "cuda", "vulkan", "metal"])]).default(false),
  /** Threads of each model's process. */
  threads: z.int().min(1).max(256).default(1),
  batchSize: z.int().min(32).max(4_096).default(512),
  /** Answers of one model that may be under way at a time; each takes the memory of a context. */
  parallel: z.int().min(1).max(64).default(1),
  /** What answers instead of the embedded engine, for one entry or for all. */
  engines: z.array(engineSettingSchema).default([]),
  /** Requests that may wait for a model. */
  maxWaiting: z.int().min(0).max(1_000).default(16),
  /** Requests that one client (an IPv4 address, an IPv6 /64) may have open at a time. */
  maxOpenPerClient: z.int().min(1).max(1_000).default(defaultServeLimits.maxOpenPerClient),
  /** Of one client. */
  requestsPerMinute: z.int().min(1).max(1_000_000).default(defaultServeLimits.requestsPerMinute),
  /** Of all messages of a request together. */
  maxPromptChars: z.int().min(1).max(2_000_000).default(defaultServeLimits.maxPromptChars),
  maxOutputTokens: z.int().min(1).max(131_072).default(defaultServeLimits.maxOutputTokens),
  /** Milliseconds that answers under way may take when the node is told to stop. */
  drainMs: z.int().min(0).max(600_000).default(defaultServeLimits.drainMs),
  /** Whether a proxy of yours stands before the node and says who asks in X-Forwarded-For. */
  trustProxy: z.boolean().default(false),
  /** Bytes that all models together may take; what the machine has left when absent. */
  memory: z.int().min(1).optional(),
  /** Whether the model that was used longest ago may be unloaded for one that is asked for. */
  unloadIdle: z.boolean().default(false),
  warmUp: z.boolean().default(true),
  /** Milliseconds between looks at the chain. */
  pollMs: z.int().min(100).max(600_000).default(2_000),
  fromBlock: z.int().min(0).default(0),
  /** Blocks below the head that count as final where the chain knows no finality. */
  depth: z.int().min(0).max(100_000).default(32),
  /** Plain http and private addresses in manifests: for the local demo and closed networks. */
  allowPrivate: z.boolean().default(false),
  /** Base URLs of other nodes, asked for the files that they serve. */
  mirrors: z
    .array(z.url({ protocol: /^https?$/ }))
    .max(16)
    .default([]),
  /** Whether other nodes and anybody else may fetch the verified models from here. */
  serveModels: z.boolean().default(false),
  /** Megabytes per second for all such downloads together. */
  serveRate: z.number().min(0.01).max(100_000).default(10),
  logLevel: z.enum(["fatal", "error", "warn", "info", "debug"]).default("info"),
});

/** Where a configuration is looked for when none is named. */
const storeSchema = z.object(
  nodeConfigSchema.pick({ models: true, store: true, allowPrivate: true, mirrors: true }).shape,
);

export const configFile = "node.json";

export type NodeConfig = z.infer<typeof nodeConfigSchema>;

/**
 * Reads a node's configuration. `file`: a JSON file, its paths relative to itself; `flags`: what goes before it.
 *
 * Throws `InvalidInputError` that names each wrong or missing field.
 */
export async function readNodeConfig(
  file: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<NodeConfig> {
  const parsed = nodeConfigSchema.safeParse({ ...(await baseOf(file)), ...flags });
  if (parsed.success) return parsed.data;
  throw new InvalidInputError("This node's configuration is not complete or not valid.", {
    metaMessages: [
      ...describeIssues(parsed.error),
      "`npm run node -- init` writes a configuration; inference-node/README.md shows one.",
    ],
  });
}

/** Where models are kept, and where they may come from: as `readNodeConfig`, for whoever needs no chain. */
export async function readStoreConfig(
  file: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<z.infer<typeof storeSchema>> {
  const parsed = storeSchema.safeParse({ ...(await baseOf(file)), ...flags });
  if (parsed.success) return parsed.data;
  throw new InvalidInputError("Where models are kept is not said rightly.", {
    metaMessages: describeIssues(parsed.error),
  });
}

async function baseOf(file: string | undefined): Promise<Record<string, unknown>> {
  if (file !== undefined) return readConfigFile(file);
  return existsSync(configFile) ? readConfigFile(configFile) : {};
}

async function readConfigFile(file: string): Promise<Record<string, unknown>> {
  try {
    const read = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, "utf8")));
    const here = dirname(resolve(file));
    const at = (path: unknown): unknown => (typeof path === "string" ? resolve(here, path) : path);
    const inside = (fields: unknown, names: readonly string[]): unknown =>
      typeof fields !== "object" || fields === null
        ? fields
        : Object.fromEntries(
            Object.entries(fields).map(([name, value]) => [name, names.includes(name) ? at(value) : value]),
          );
    const each = (paths: unknown): unknown => (Array.isArray(paths) ? paths.map(at) : paths);
    return {
      ...read,
      ...("models" in read && { models: each(read["models"]) }),
      ...("manifests" in read && { manifests: each(read["manifests"]) }),
      ...("store" in read && { store: at(read["store"]) }),
      ...("state" in read && { state: at(read["state"]) }),
      ...("tls" in read && { tls: inside(read["tls"], ["cert", "key"]) }),
      ...("key" in read && { key: inside(read["key"], ["keystore"]) }),
      ...("operatorKey" in read && { operatorKey: inside(read["operatorKey"], ["keystore"]) }),
    };
  } catch (error) {
    throw new InvalidInputError(`The configuration file ${file} cannot be read.`, {
      metaMessages: [shortMessageOf(error)],
      cause: error,
    });
  }
}

/** Every contest that a node hosts entries of. */
export function contestsOf({
  contest,
  entries,
  also,
}: Pick<NodeConfig, "contest" | "entries" | "also">): readonly HostedContest[] {
  return [{ contest, entries }, ...also];
}

/** The folder of what a node must not forget. */
export function stateFolderOf({ state, store }: NodeConfig): string {
  return state ?? join(store, "state");
}
