import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, get, type RequestOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askNode } from "../../../inference-node/cli/askNode.ts";
import { readTls, renewTls } from "../../../inference-node/serve/tlsFiles.ts";
import { exampleSitePair, pemPair } from "../../support/pemPair.ts";
import { until } from "../../support/until.ts";
import { startNode } from "./startNode.ts";

const { cert, key } = pemPair();
let folder: string;
let files: { cert: string; key: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-tls-"));
  files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  await writeFile(files.cert, cert);
  await writeFile(files.key, key);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Status of an answer over TLS that this certificate, and no other, vouches for. */
function statusOf(url: string, more: RequestOptions = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { ca: cert, agent: false, ...more }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on("error", reject);
  });
}

describe("a node with a certificate of its own", () => {
  test("speaks https", async () => {
    const node = await startNode(async () => [], { tls: files });
    try {
      expect(node.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      expect(await statusOf(`${node.url}/`)).toBe(200);
    } finally {
      await node.close();
    }
  });

  test("that cannot be read is told which file it was", async () => {
    const missing = { ...files, key: join(folder, "none.pem") };
    await expect(startNode(async () => [], { tls: missing })).rejects.toThrow(
      "none.pem, named under tls, cannot be read",
    );
  });

  test("whose private key is another's is told that the two are no pair", async () => {
    const strange = { ...files, key: join(folder, "strange.pem") };
    await writeFile(strange.key, exampleSitePair().key);
    await expect(startNode(async () => [], { tls: strange })).rejects.toThrow(/strange\.pem are no pair/);
  });

  test("takes a renewed one without a restart, and keeps the old one when the new one is broken", async () => {
    const server = createServer(await readTls(files), (_request, response) => response.end());
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const stop = new AbortController();
    const renewals: unknown[] = [];
    renewTls(server, files, { everyMs: 10, signal: stop.signal, onRenewed: (error) => void renewals.push(error) });
    try {
      await writeFile(files.cert, "half a certifi");
      await until("a complaint", () => renewals.some((error) => error !== null));
      expect(await statusOf(url)).toBe(200);
      await writeFile(files.cert, cert);
      await until("the renewal", () => renewals.at(-1) === null);
      expect(await statusOf(url)).toBe(200);
    } finally {
      stop.abort();
      server.close();
    }
  });
});

describe("asking the node on this machine, whose certificate is for another name", () => {
  const site = { cert: "", key: "" };
  beforeAll(async () => {
    Object.assign(site, { cert: join(folder, "site.pem"), key: join(folder, "site-key.pem") });
    await writeFile(site.cert, exampleSitePair().cert);
    await writeFile(site.key, exampleSitePair().key);
  });
  const serving = async (use: (url: string) => Promise<void>) => {
    const node = await startNode(async () => [], { tls: site });
    await use(node.url).finally(() => node.close());
  };
  const ready = { ready: expect.any(Boolean) };

  test("is answered under the configured certificate", () =>
    serving(async (url) => {
      expect(await askNode(url, "/ready", { tls: site })).toMatchObject(ready);
      expect(await askNode(url.replace("127.0.0.1", "localhost"), "/ready", { tls: site })).toMatchObject(ready);
    }));

  test("is refused under any other, and where nothing is configured", () =>
    serving(async (url) => {
      await expect(askNode(url, "/ready", { tls: files })).rejects.toThrow(/certificate/);
      await expect(askNode(url, "/ready", null)).rejects.toThrow("No node answers");
    }));

  test("is answered under a renewed one that is good for the endpoint's name, and refused for another's", () =>
    serving(async (url) => {
      // The file's first certificate is not the one that is shown; the second vouches for it.
      const renewed = { ...site, cert: join(folder, "renewed.pem") };
      await writeFile(renewed.cert, cert + exampleSitePair().cert);
      expect(await askNode(url, "/ready", { tls: renewed, endpoint: "https://node.example" })).toMatchObject(ready);
      const elsewhere = { tls: renewed, endpoint: "https://other.example" };
      await expect(askNode(url, "/ready", elsewhere)).rejects.toThrow("No node answers");
      await expect(askNode(url, "/ready", { tls: renewed })).rejects.toThrow("another certificate");
    }));
});
