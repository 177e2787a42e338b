import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { InvalidInputError } from "#protocol/errors.ts";
import { amount, whole } from "./numberFlags.ts";

export type NodeFlags = {
  readonly config?: string;
  readonly rpc?: string;
  readonly factory?: string;
  readonly nodeRegistry?: string;
  readonly contest?: string;
  readonly entries?: "all" | number[];
  readonly node?: string;
  readonly keyEnv?: string;
  readonly keystore?: string;
  readonly passwordEnv?: string;
  readonly operatorKeyEnv?: string;
  readonly endpoint?: string;
  readonly stake?: string;
  readonly allowOneKey?: boolean;
  readonly models?: string[];
  readonly manifests?: string[];
  readonly store?: string;
  readonly state?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly host?: string;
  readonly port?: number;
  readonly gpu?: string;
  readonly threads?: number;
  readonly fromBlock?: number;
  readonly pollMs?: number;
  readonly memory?: number;
  readonly unloadIdle?: boolean;
  readonly coldStart?: boolean;
  readonly allowPrivate?: boolean;
  readonly mirrors?: string[];
  readonly serveModels?: boolean;
  readonly serveRate?: number;
  readonly logLevel?: string;
};

/** Flags that the commands with a configuration share. */
export function withNodeOptions(command: Command): Command {
  return command
    .option("--config <file>", "JSON file with any of these settings (node.json where it exists); flags go before it")
    .option("--rpc <url>", "RPC endpoint of the chain")
    .option("--factory <address>", "contest factory")
    .option("--node-registry <address>", "node registry")
    .option("--contest <address>", "contest whose entries are served")
    .option("--entries <ids>", '"all", or ids such as 1,4', readEntries)
    .option("--node <address>", "account that holds the stake, where its key is not given")
    .option("--key-env <name>", "environment variable with the signing key (COINDROP_NODE_KEY)")
    .option("--keystore <file>", "encrypted keystore with the signing key")
    .option("--password-env <name>", "environment variable with the keystore's password")
    .option("--operator-key-env <name>", "environment variable with the operator's key")
    .option("--endpoint <url>", "base URL under which the world reaches this node")
    .option("--stake <coins>", "coins to register with, such as 200; serve registers the node when this is given")
    .option("--allow-one-key", "let the key that holds the stake sign, too")
    .option("--models <folder...>", "folders with model files")
    .option("--manifests <folder...>", "folders with manifests named <sha256>.json")
    .option("--store <folder>", "where fetched models are kept (.coindrop/models)")
    .option("--state <folder>", "what the node must not forget (<store>/state)")
    .option("--tls-cert <file>", "own certificate, PEM; with --tls-key the node speaks https")
    .option("--tls-key <file>", "the certificate's private key, PEM")
    .option("--gpu <kind>", "none, auto, cuda, vulkan or metal")
    .option("--threads <n>", "threads of each model's process", whole(1, 256))
    .option("--from-block <n>", "first block to look at", whole(0))
    .option("--poll-ms <n>", "milliseconds between looks at the chain", whole(100, 600_000))
    .option("--memory <bytes>", "memory for all models together (what the machine has left)", whole(1))
    .option("--unload-idle", "unload the model used longest ago when another one needs its memory")
    .option("--cold-start", "load a model only when somebody asks it")
    .option("--mirrors <url...>", "base URLs of other nodes, asked for the files that they serve")
    .option("--serve-models", "let others fetch the verified models from here")
    .option("--serve-rate <n>", "megabytes per second for all such downloads together (10)", amount(0.01, 100_000))
    .option("--allow-private", "fetch over plain http and from private addresses")
    .option("--log-level <level>", "fatal, error, warn, info or debug");
}

/** What the flags say, in the fields of the configuration; absent flags leave no field. */
export function configFlags(flags: NodeFlags): Record<string, unknown> {
  const key =
    flags.keystore === undefined
      ? flags.keyEnv === undefined
        ? undefined
        : { env: flags.keyEnv }
      : { keystore: flags.keystore, passwordEnv: flags.passwordEnv ?? "COINDROP_KEYSTORE_PASSWORD" };
  const given = {
    rpcUrl: flags.rpc,
    factory: flags.factory,
    nodeRegistry: flags.nodeRegistry,
    contest: flags.contest,
    entries: flags.entries,
    node: flags.node,
    key,
    operatorKey: flags.operatorKeyEnv === undefined ? undefined : { env: flags.operatorKeyEnv },
    endpoint: flags.endpoint,
    registerStake: flags.stake,
    allowOneKey: flags.allowOneKey,
    models: flags.models,
    manifests: flags.manifests,
    store: flags.store,
    state: flags.state,
    tls: tlsOf(flags),
    host: flags.host,
    port: flags.port,
    gpu: flags.gpu === "none" ? false : flags.gpu,
    threads: flags.threads,
    fromBlock: flags.fromBlock,
    pollMs: flags.pollMs,
    memory: flags.memory,
    unloadIdle: flags.unloadIdle,
    warmUp: flags.coldStart === true ? false : undefined,
    allowPrivate: flags.allowPrivate,
    mirrors: flags.mirrors,
    serveModels: flags.serveModels,
    serveRate: flags.serveRate,
    logLevel: flags.logLevel,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** The certificate that the flags name. Throws `InvalidInputError` where they name half of it. */
export function tlsOf({ tlsCert, tlsKey }: NodeFlags): { readonly cert: string; readonly key: string } | undefined {
  if (tlsCert !== undefined && tlsKey !== undefined) return { cert: tlsCert, key: tlsKey };
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  const [given, missing] = tlsCert === undefined ? ["--tls-key", "--tls-cert"] : ["--tls-cert", "--tls-key"];
  throw new InvalidInputError(`${given} stands alone; ${missing} is missing.`, {
    metaMessages: ["A node speaks https with a certificate and its private key. Name both, or neither."],
  });
}

/** Reads "all" or ids such as 1,4. Throws what commander turns into a sentence. */
export function readEntries(text: string): "all" | number[] {
  if (text === "all") return "all";
  const ids = text.split(",").map((part) => Number(part.trim()));
  if (ids.some((id) => !Number.isInteger(id) || id < 1))
    throw new InvalidArgumentError('Say "all" or ids such as 1,4.');
  return ids;
}
