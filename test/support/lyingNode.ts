import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { bareHex, toBytes32 } from "#protocol/hashing.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { manifestHash } from "#protocol/manifest.ts";
import { hashFile } from "#protocol/piecesRoot.ts";
import type { EntryFacts } from "../../inference-node/models/entryFacts.ts";
import { nodeHashing } from "../../inference-node/models/nodeHashing.ts";
import { createSigner } from "../../inference-node/sign/createSigner.ts";
import { registry, startNode } from "../integration/node/startNode.ts";
import { manifestFileOf } from "./manifestFileOf.ts";

/**
 * A node that runs other bytes than its entry's and signs that they are the entry's: a whole node around the other
 * file, with a signer and a door before its HTTP that say the entry's hashes where the other file's would stand.
 */
export async function startLyingNode(entry: { facts: EntryFacts; manifest: Manifest }, other: Buffer) {
  const file = await manifestFileOf(other, { name: "other.gguf" });
  const manifest: Manifest = { ...entry.manifest, files: [file] };
  const hashes = await hashFile([other], nodeHashing);
  const facts: EntryFacts = {
    ...entry.facts,
    manifestHash: manifestHash(manifest, nodeHashing.sha256),
    modelSha256: toBytes32(hashes.sha256),
    modelRoot: toBytes32(hashes.piecesRoot),
    modelSize: hashes.size,
  };
  const { manifestHash: saidManifest, modelRoot: saidRoot } = entry.facts;
  const account = privateKeyToAccount(generatePrivateKey());
  const honest = createSigner({ account, node: account.address, chainId: 31_337, registry });
  const node = await startNode(
    async (at) => {
      await writeFile(join(at, "other.gguf"), other);
      await writeFile(join(at, `${bareHex(facts.manifestHash)}.json`), canonicalBytes(manifest));
      return [facts];
    },
    {
      signer: {
        ...honest,
        signReceipt: (message) => honest.signReceipt({ ...message, manifestHash: saidManifest, modelRoot: saidRoot }),
      },
    },
  );
  const server = createServer(async (request, response) => {
    const body = request.method === "POST" ? await text(request) : undefined;
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${node.url}${request.url}`, {
      method: request.method ?? "GET",
      headers,
      ...(body !== undefined && { body }),
    });
    const said = (await answer.text())
      .replaceAll(facts.manifestHash, saidManifest)
      .replaceAll(facts.modelRoot, saidRoot);
    const isManifest = request.url === `/manifests/${bareHex(saidManifest)}`;
    response.writeHead(isManifest ? 200 : answer.status, headers);
    response.end(isManifest ? canonicalBytes(entry.manifest) : said);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Where the node itself tells how it is. */
    inner: node.url,
    async close() {
      await new Promise((closed) => server.close(closed));
      await node.close();
    },
  };
}
