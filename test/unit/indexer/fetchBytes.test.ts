import { createHash } from "node:crypto";
import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { toBytes32 } from "#protocol/hashing.ts";
import type { FetchOptions } from "../../../indexer/manifests/fetchBytes.ts";
import { fetchBytes } from "../../../indexer/manifests/fetchBytes.ts";
import { readManifest } from "../../../indexer/manifests/readManifest.ts";

let servers: Server[] = [];
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  servers = [];
});

/** A source on this machine. Returns its address. */
async function source(answer: RequestListener): Promise<URL> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/manifests/x`);
}

const options = (more: Partial<FetchOptions> = {}): FetchOptions => ({
  maxBytes: 1_000,
  timeoutMs: 5_000,
  allowPrivate: true,
  signal: new AbortController().signal,
  ...more,
});

describe("a hostile source", () => {
  test("a small file is fetched", async () => {
    const url = await source((_, response) => response.end("{}"));
    expect(Buffer.from(await fetchBytes(url, options())).toString()).toBe("{}");
  });

  test("one that says it sends too much is refused before it does", async () => {
    const url = await source((_, response) => response.writeHead(200, { "content-length": "1001" }).write("x"));
    await expect(fetchBytes(url, options())).rejects.toThrow("more than 1000 bytes");
  });

  test("one that sends without end is stopped at the limit", async () => {
    let sent = 0;
    const url = await source((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(500))) sent += 500;
      };
      response.on("drain", more);
      more();
    });
    await expect(fetchBytes(url, options())).rejects.toThrow("more than 1000 bytes");
    expect(sent).toBeLessThan(10_000_000);
  });

  test("one that drips is stopped when its time is over", async () => {
    const url = await source((_, response) => {
      const timer = setInterval(() => response.write("x"), 10);
      response.on("close", () => clearInterval(timer));
    });
    await expect(fetchBytes(url, options({ timeoutMs: 150 }))).rejects.toThrow("took longer than 0.15 s");
  });

  test("one that never answers is stopped when its time is over", async () => {
    const url = await source(() => {});
    await expect(fetchBytes(url, options({ timeoutMs: 100 }))).rejects.toThrow("took longer");
  });

  test("one that redirects, to a private address or anywhere, is not followed", async () => {
    let followed = false;
    const secret = await source((_, response) => {
      followed = true;
      response.end("secret");
    });
    const url = await source((_, response) => response.writeHead(302, { location: secret.href }).end());
    await expect(fetchBytes(url, options())).rejects.toThrow("redirects");
    expect(followed).toBe(false);
  });

  test("one that packs its bytes is refused, so nothing swells", async () => {
    const url = await source((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(10_000_000))),
    );
    await expect(fetchBytes(url, options())).rejects.toThrow("compressed");
  });

  test.each(["file:///etc/passwd", "ftp://example.com/x", "data:application/json,{}", "gopher://example.com/"])(
    "%s is not fetched",
    async (address) => {
      await expect(fetchBytes(new URL(address), options())).rejects.toThrow("are not fetched here");
    },
  );

  test("plain http is refused where private addresses are", async () => {
    await expect(fetchBytes(new URL("http://example.com/"), options({ allowPrivate: false }))).rejects.toThrow(
      "http: addresses are not fetched here",
    );
  });

  test.each(["127.0.0.1", "[::1]", "[::127.0.0.1]", "2130706433", "0x7f.1", "[::ffff:169.254.169.254]"])(
    "https://%s is refused without a connection",
    async (host) => {
      const refused = fetchBytes(new URL(`https://${host}/`), options({ allowPrivate: false }));
      await expect(refused).rejects.toThrow("is not on the public internet");
    },
  );

  test("a name that leads to a private address is refused, though another of its addresses is public", async () => {
    const lookup = ((_: string, __: object, callback: (error: null, found: object[]) => void) =>
      callback(null, [
        { address: "1.1.1.1", family: 4 },
        { address: "10.0.0.7", family: 4 },
      ])) as unknown as NonNullable<FetchOptions["lookup"]>;
    const refused = fetchBytes(new URL("https://models.example/x"), options({ allowPrivate: false, lookup }));
    await expect(refused).rejects.toThrow("The address 10.0.0.7 is not on the public internet.");
  });
});

describe("fetched bytes", () => {
  const hashOf = (text: string) => toBytes32(createHash("sha256").update(text).digest());

  test("other bytes than the hash names are refused", () => {
    expect(() => readManifest(Buffer.from("{}"), hashOf('{"a":1}'))).toThrow("another manifest");
  });

  test("no JSON, or bytes that are no text, are refused", () => {
    expect(() => readManifest(Buffer.from("<html>"), hashOf(""))).toThrow("no JSON");
    expect(() => readManifest(Buffer.from([0x7b, 0xff, 0x7d]), hashOf(""))).toThrow("no JSON");
  });

  test("the right bytes that break the manifest's rules name what is wrong, whatever their spacing", () => {
    const text = '{"name":"x","version":1}';
    expect(() => readManifest(Buffer.from(' {"version": 1, "name": "x"}\n'), hashOf(text))).toThrow(
      /breaks the rules: .*/,
    );
  });
});
