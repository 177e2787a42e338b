import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { link, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { bareHex, toBytes32 } from "#protocol/hashing.ts";
import { manifestHash, parseManifest } from "#protocol/manifest.ts";
import { hashFile } from "#protocol/piecesRoot.ts";
import type { EngineSetting } from "../../inference-node/engine/engineSettings.ts";
import type { EntryFacts } from "../../inference-node/models/entryFacts.ts";
import { nodeHashing } from "../../inference-node/models/nodeHashing.ts";
import { contest, readDraft, startNode } from "../integration/node/startNode.ts";
import { until } from "../support/until.ts";

/** A service under measurement. */
export type Server = { readonly url: string; readonly model: string; readonly close: () => Promise<void> };

/** Tokens of one answer's context, for everybody. */
const contextSize = 512;
const batchSize = 512;

/** A node of ours with one entry, whose answers are signed as ever. */
export async function startOurs(
  modelPath: string,
  options: { readonly threads: number; readonly parallel: number; readonly engines: readonly EngineSetting[] },
): Promise<Server> {
  const bytes = createReadStream(modelPath, { highWaterMark: 1_048_576 });
  const hashes = await hashFile(bytes, nodeHashing);
  const hex = (hash: Uint8Array) => bareHex(toBytes32(hash));
  const file = {
    role: "model",
    name: "random.gguf",
    size: hashes.size,
    sha256: hex(hashes.sha256),
    piecesRoot: hex(hashes.piecesRoot),
    pieceLength: hashes.pieceLength,
    pieceLayer: hashes.pieceLayer.map(hex),
    urls: [],
  } as const;
  const draft = await readDraft("sums");
  const manifest = parseManifest({ version: 1, ...draft, name: "random", contextLength: contextSize, files: [file] });
  const hash = manifestHash(manifest, nodeHashing.sha256);
  const facts: EntryFacts = {
    contest,
    entryId: 1,
    manifestHash: hash,
    modelSha256: toBytes32(hashes.sha256),
    modelRoot: toBytes32(hashes.piecesRoot),
    modelSize: hashes.size,
    manifestURI: `http://127.0.0.1:9/manifests/${bareHex(hash)}`,
  };
  const node = await startNode(
    async (folder) => {
      await link(modelPath, path.join(folder, "random.gguf"));
      await writeFile(path.join(folder, `${bareHex(hash)}.json`), canonicalBytes(manifest));
      return [facts];
    },
    { ...options, batchSize, maxWaiting: 64, warmUp: true },
  );
  await until(
    "a loaded model",
    async () => {
      const { entries } = (await (await fetch(`${node.url}/ready`)).json()) as { entries: { state: string }[] };
      return entries[0]?.state === "ready";
    },
    600_000,
  );
  return { url: node.url, model: "random", close: node.close };
}

/** A llama-server by itself, set up alike: no flash attention, the same batch, a context for each client. */
export async function startTheirs(
  binary: string,
  modelPath: string,
  options: { readonly threads: number; readonly parallel: number; readonly contextSize?: number },
): Promise<Server> {
  const port = await freePort();
  const threads = String(options.threads);
  const args = ["--model", modelPath, "--host", "127.0.0.1", "--port", String(port), "--flash-attn", "off"];
  args.push(
    "--ctx-size",
    String((options.contextSize ?? contextSize) * options.parallel),
    "--parallel",
    String(options.parallel),
  );
  args.push("--batch-size", String(batchSize), "--ubatch-size", String(batchSize), "--gpu-layers", "0");
  args.push("--threads", threads, "--threads-batch", threads, "--cache-ram", "0");
  const server = spawn(binary, args, { stdio: "ignore" });
  const exited = once(server, "exit");
  const url = `http://127.0.0.1:${port}`;
  await until("llama-server", () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    url,
    model: "random",
    async close() {
      server.kill("SIGKILL");
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (typeof address !== "object" || address === null) throw new Error("no free port on loopback");
  return address.port;
}
