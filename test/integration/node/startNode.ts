import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import type { Address } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { bareHex, toBytes32 } from "#protocol/hashing.ts";
import type { EntryDraft, Manifest } from "#protocol/manifest.ts";
import { entryDraftSchema, manifestHash, parseManifest } from "#protocol/manifest.ts";
import { hashFile } from "#protocol/piecesRoot.ts";
import type { NodeChain } from "../../../inference-node/chain/nodeChain.ts";
import type { InferenceNode, NodeOptions } from "../../../inference-node/createNode.ts";
import { createNode } from "../../../inference-node/createNode.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { nodeHashing } from "../../../inference-node/models/nodeHashing.ts";
import { createSigner } from "../../../inference-node/sign/createSigner.ts";
import type { SignedAttestation } from "../../../inference-node/sign/signAttestation.ts";

export const demoNames = ["bedtime", "clauses", "tickermood", "haiku", "sums"] as const;
export type DemoName = (typeof demoNames)[number];

export const contest: Address = "0x00000000000000000000000000000000000c0de5";
export const registry: Address = "0x0000000000000000000000000000000000000e61";
const demo = new URL("../../../scripts/demo/", import.meta.url);

export async function readDraft(name: DemoName): Promise<EntryDraft> {
  return entryDraftSchema.parse(JSON.parse(await readFile(new URL(`entries/${name}.json`, demo), "utf8")));
}

/** A demo entry as an author would submit it, with its manifest and model file in a folder. */
export async function writeEntry(
  folder: string,
  name: DemoName,
  entryId: number,
  change: (manifest: Manifest) => unknown = (manifest) => manifest,
): Promise<{ facts: EntryFacts; manifest: Manifest; modelPath: string }> {
  const draft = await readDraft(name);
  const bytes = await readFile(new URL(`models/${name}.gguf`, demo));
  const hashes = await hashFile([bytes], nodeHashing);
  const file = {
    role: "model",
    name: `${name}.gguf`,
    size: hashes.size,
    sha256: bareHex(toBytes32(hashes.sha256)),
    piecesRoot: bareHex(toBytes32(hashes.piecesRoot)),
    pieceLength: hashes.pieceLength,
    pieceLayer: hashes.pieceLayer.map((hash) => bareHex(toBytes32(hash))),
    urls: [],
  } as const;
  const manifest = change(parseManifest({ version: 1, ...draft, files: [file] })) as Manifest;
  const hash = manifestHash(manifest, nodeHashing.sha256);
  const modelPath = join(folder, `${name}.gguf`);
  await cp(new URL(`models/${name}.gguf`, demo), modelPath);
  await writeFile(join(folder, `${bareHex(hash)}.json`), canonicalBytes(manifest));
  const facts: EntryFacts = {
    contest,
    entryId,
    manifestHash: hash,
    modelSha256: toBytes32(hashes.sha256),
    modelRoot: toBytes32(hashes.piecesRoot),
    modelSize: hashes.size,
    manifestURI: `http://127.0.0.1:9/manifests/${bareHex(hash)}`,
  };
  return { facts, manifest, modelPath };
}

export type TestNode = {
  readonly url: string;
  readonly folder: string;
  readonly key: Address;
  readonly attested: SignedAttestation[][];
  readonly log: string[];
  /** Entries that the chain tells of; change it to have the node see another chain. */
  readonly chain: { entries: readonly EntryFacts[]; away: boolean };
  readonly close: () => Promise<void>;
};

/** A node on a free port, with a chain that is a list in this process. */
export async function startNode(
  prepare: (folder: string) => Promise<readonly EntryFacts[]>,
  options: Partial<NodeOptions> = {},
): Promise<TestNode> {
  const folder = await mkdtemp(join(tmpdir(), "coindrop-node-"));
  await mkdir(join(folder, "store"));
  const account = privateKeyToAccount(generatePrivateKey());
  const attested: SignedAttestation[][] = [];
  const log: string[] = [];
  const state = { entries: await prepare(folder), away: false };
  const chain: NodeChain = {
    async entries() {
      if (state.away) throw new Error("connect ECONNREFUSED");
      return { block: 7, entries: state.entries };
    },
    async attest(signed) {
      if (state.away) throw new Error("connect ECONNREFUSED");
      attested.push([...signed]);
      return toBytes32(randomBytes(32));
    },
    lastAttested: async () => null,
  };
  const node: InferenceNode = await createNode({
    chain,
    signer: createSigner({ account, node: account.address, chainId: 31_337, registry }),
    host: "127.0.0.1",
    port: 0,
    warmUp: false,
    pollMs: 50,
    gpu: false,
    threads: 1,
    batchSize: 512,
    maxWaiting: 4,
    limits: { stallMs: 30_000, cancelMs: 5_000 },
    storeFolder: join(folder, "store"),
    modelFolders: [folder],
    manifestFolders: [folder],
    allowPrivate: false,
    serveModels: true,
    serveRate: 1_000,
    logger: pino({ level: "info" }, { write: (line: string) => void log.push(line) }),
    ...options,
  });
  return {
    url: node.url,
    folder,
    key: account.address,
    attested,
    log,
    chain: state,
    async close() {
      await node.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
