import type { FastifyBaseLogger } from "fastify";
import type { Address } from "viem";
import { InvalidInputError } from "#protocol/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { findHolders } from "../chain/findHolders.ts";
import { createEntryReader } from "../chain/readEntries.ts";
import { findManifest } from "../models/findManifest.ts";
import { findFile } from "../models/modelStore.ts";
import type { OpenProgress } from "./createTerminal.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { openChain } from "./openOperator.ts";
import { say } from "./say.ts";

export type PullSettings = Pick<NodeConfig, "store" | "allowPrivate" | "models"> & {
  /** Base URLs of other nodes. */
  readonly nodes: readonly string[];
  /** Files to take pieces from. */
  readonly files: readonly string[];
  readonly moreNodes?: () => Promise<readonly string[]>;
  readonly json: boolean;
  readonly progress: OpenProgress | undefined;
};

/** Brings every file of a manifest into the store, verified; says where each lies. */
export async function pullCommand(
  manifest: Manifest,
  settings: PullSettings,
  logger: Pick<FastifyBaseLogger, "warn">,
  signal: AbortSignal,
): Promise<void> {
  const found: { role: string; name: string; path: string; size: number; sha256: string }[] = [];
  const dropped: { mirror: string; reason: string }[] = [];
  for (const file of manifest.files) {
    const { role, name, size, sha256 } = file;
    const { path } = await findFile(file, {
      ...settings,
      folder: settings.store,
      ownFolders: settings.models,
      signal,
      onRefused: (error) => logger.warn(error.message),
      onDropped: (drop) => {
        dropped.push(drop);
        logger.warn(`asked no more: ${drop.reason}`);
      },
    });
    found.push({ role, name, path, size, sha256 });
  }
  say(
    settings.json,
    { name: manifest.name, files: found, dropped },
    found.map(({ role, name, path, size }) => `${role.padEnd(9)} ${name}, ${size} bytes, verified: ${path}`),
  );
}

/** An entry's manifest, checked against what the chain says about the entry, and who may hand out its model. */
export async function manifestOnChain(
  config: NodeConfig,
  asked: { readonly contest: Address; readonly entryId: number },
  signal: AbortSignal,
): Promise<{ readonly manifest: Manifest; readonly holders: () => Promise<readonly string[]> }> {
  const { client } = await openChain(config.rpcUrl);
  const read = createEntryReader({
    client,
    contest: asked.contest,
    factory: config.factory,
    fromBlock: BigInt(config.fromBlock),
    depth: BigInt(config.depth),
    withRemoved: true,
  });
  const { entries, block } = await read();
  const facts = entries.find(({ entryId }) => entryId === asked.entryId);
  if (facts === undefined) {
    throw new InvalidInputError(`The contest ${asked.contest} has no entry ${asked.entryId}.`, {
      metaMessages: [
        `read up to the finalised block ${block}`,
        `entries: ${entries.map(({ entryId }) => entryId).join(", ") || "none"}`,
      ],
    });
  }
  return {
    manifest: await findManifest(facts, { folders: config.manifests, allowPrivate: config.allowPrivate, signal }),
    holders: () =>
      findHolders(client, facts, {
        registry: config.nodeRegistry,
        fromBlock: BigInt(config.fromBlock),
        except: config.node,
      }),
  };
}
