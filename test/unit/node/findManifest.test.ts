import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { bareHex, prefixedHex } from "#protocol/hashing.ts";
import { entryDraftSchema, manifestHash, parseManifest } from "#protocol/manifest.ts";
import { findManifest } from "../../../inference-node/models/findManifest.ts";
import { nodeHashing } from "../../../inference-node/models/nodeHashing.ts";
import { entry } from "../../support/entryFacts.ts";
import { manifestFileOf } from "../../support/manifestFileOf.ts";

let folder: string;
let server: Server;
let isThere = true;
beforeEach(async () => {
  isThere = true;
  folder = await mkdtemp(join(tmpdir(), "coindrop-manifest-"));
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test("a manifest that was fetched once is there when nobody hands it out, and a damaged copy is fetched anew", async () => {
  const draft = entryDraftSchema.parse(JSON.parse(await readFile("scripts/demo/entries/sums.json", "utf8")));
  const file = await manifestFileOf(Buffer.from("a model"));
  const manifest = parseManifest({ version: 1, ...draft, files: [file] });
  server = createServer((_request, response) => {
    if (isThere) response.end(canonicalBytes(manifest));
    else response.destroy();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const facts = {
    ...entry(1),
    manifestHash: manifestHash(manifest, nodeHashing.sha256),
    modelSha256: prefixedHex(file.sha256),
    modelRoot: prefixedHex(file.piecesRoot),
    modelSize: file.size,
    manifestURI: `http://127.0.0.1:${(server.address() as AddressInfo).port}/m.json`,
  };
  const kept = join(folder, "manifests");
  const find = () =>
    findManifest(facts, { folders: [], kept, allowPrivate: true, signal: new AbortController().signal });
  const path = join(kept, `${bareHex(facts.manifestHash)}.json`);

  await find();
  isThere = false;
  expect((await find()).name).toBe(manifest.name);
  await writeFile(path, "half of it");
  await expect(find()).rejects.toThrow("/m.json");
  isThere = true;
  expect((await find()).name).toBe(manifest.name);
  expect(await readFile(path)).toEqual(Buffer.from(canonicalBytes(manifest)));
});
