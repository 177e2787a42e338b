import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RetryableError } from "#protocol/errors.ts";
import { fetchBounded, RefusedFetchError } from "../../../inference-node/models/fetchBounded.ts";
import { fetchRange } from "../../../inference-node/models/fetchRange.ts";
import { isPublicAddress } from "../../../inference-node/models/publicAddress.ts";
import { turningNames } from "../../support/turningNames.ts";

let server: Server;
let base: string;
const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  "/ten": (_request, response) => response.end("0123456789"),
  "/liar": (_request, response) => response.writeHead(200, { "Content-Length": "1000000000" }).write("0"),
  "/endless": (_request, response) => {
    const more = () => {
      while (response.write("x".repeat(1_000)));
      response.once("drain", more);
    };
    more();
  },
  "/silent": (_request, response) => void response.writeHead(200).write("0"),
  "/drip": (_request, response) => {
    response.writeHead(200).write("0");
    const timer = setInterval(() => response.write("0"), 20);
    response.once("close", () => clearInterval(timer));
  },
  "/loop": (_request, response) => response.writeHead(302, { Location: "/loop" }).end(),
  "/away": (_request, response) => response.writeHead(302, { Location: "/ten" }).end(),
  "/file": (_request, response) => response.writeHead(302, { Location: "file:///etc/passwd" }).end(),
  "/zip": (_request, response) =>
    response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(Buffer.alloc(1_000_000))),
  "/busy": (_request, response) => response.writeHead(503).end(),
  "/gone": (_request, response) => response.writeHead(404).end(),
  "/torn": (_request, response) => {
    response.writeHead(200, { "Content-Length": "10" }).write("01234");
    setImmediate(() => response.destroy());
  },
};

beforeAll(async () => {
  server = createServer((request, response) => routes[request.url ?? ""]?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

type Bounds = Parameters<typeof fetchBounded>[1];
const read = async (path: string, bounds: Partial<Bounds> = {}): Promise<string> => {
  const all: Bounds = {
    maxBytes: 1_000,
    // A busy machine may itself be silent for a while.
    stallMs: path === "/silent" ? 300 : 10_000,
    totalMs: 20_000,
    allowPrivate: true,
    signal: AbortSignal.timeout(25_000),
    ...bounds,
  };
  const url = path.startsWith("/") ? `${base}${path}` : path;
  const chunks: Buffer[] = [];
  for await (const chunk of fetchBounded(url, all)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

describe("fetching what a stranger wrote down", () => {
  test("yields the bytes, also after a redirect", async () => {
    expect(await read("/ten", { exactBytes: 10 })).toBe("0123456789");
    expect(await read("/away")).toBe("0123456789");
  });

  test.each([
    ["/liar", {}, "announces 1000000000 bytes"],
    ["/ten", { exactBytes: 11 }, "announces 10 bytes; 11 were expected"],
    ["/ten", { maxBytes: 9 }, "announces 10 bytes"],
    ["/endless", {}, "sends more than 1000 bytes"],
    ["/loop", {}, "redirects more than 5 times"],
    ["/file", {}, "is not https"],
    ["/zip", {}, "answers compressed"],
    ["/gone", {}, "answers 404"],
    ["http://name:word@127.0.0.1/ten", {}, "carries credentials"],
  ])("refuses %s %j for good", async (path, bounds, reason) => {
    await expect(read(path, bounds)).rejects.toThrow(RefusedFetchError);
    await expect(read(path, bounds)).rejects.toThrow(reason);
  });

  test.each([
    ["/busy", "answers 503"],
    ["/torn", "broke off"],
    ["/silent", "broke off"],
    ["http://127.0.0.1:1/", "cannot be reached"],
  ])("gives %s another chance", async (path, reason) => {
    await expect(read(path)).rejects.toThrow(RetryableError);
    await expect(read(path)).rejects.toThrow(reason);
  });

  test("gives a server that sends a byte now and then so much time and no more", async () => {
    await expect(read("/drip", { totalMs: 400 })).rejects.toThrow(RetryableError);
    await expect(read("/drip", { totalMs: 400 })).rejects.toThrow("takes longer than 0.4 s");
    await expect(read("/drip", { signal: AbortSignal.timeout(200) })).rejects.not.toThrow(RetryableError);
  });

  test("reads no more of a stretch than was asked for, whatever is sent", async () => {
    const bounds = { stallMs: 10_000, allowPrivate: true, signal: AbortSignal.timeout(20_000) };
    const { chunks } = await fetchRange(`${base}/endless`, { start: 0, end: 5_000, size: 5_000 }, bounds);
    let taken = 0;
    const takeAll = async () => {
      for await (const chunk of chunks) taken += chunk.length;
    };
    await expect(takeAll()).rejects.toThrow("sends more than 5000 bytes");
    expect(taken).toBeLessThanOrEqual(5_000);
  });

  test("knows private addresses unless they are allowed", async () => {
    await expect(read("/ten", { allowPrivate: false })).rejects.toThrow("is not https");
    await expect(read("https://127.0.0.1:1/", { allowPrivate: false })).rejects.toThrow("not a public address");
    await expect(read("https://0x7f.1/", { allowPrivate: false })).rejects.toThrow("not a public address");
    await expect(read("https://[::127.0.0.1]:1/", { allowPrivate: false })).rejects.toThrow("not a public address");
    await expect(read("https://localhost:1/", { allowPrivate: false })).rejects.toThrow("not public");
  });
});

describe("a name that turns from a public address to a private one", () => {
  // Public by its kind, and routed nowhere.
  const nowhere = "2000::1";
  const fetchBy = async (name: string, lookup: Bounds["lookup"]) => {
    const url = `https://${name}:${new URL(base).port}/ten`;
    const bounds = {
      maxBytes: 9,
      stallMs: 300,
      totalMs: 5_000,
      allowPrivate: false,
      signal: AbortSignal.timeout(9_000),
    };
    for await (const _ of fetchBounded(url, { ...bounds, lookup }));
  };
  let connections = 0;
  beforeAll(() => {
    server.on("connection", () => {
      connections += 1;
    });
  });

  test("is not fetched from there: the connection goes to the address that was looked at", async () => {
    const before = connections;
    const { state, lookup } = turningNames([nowhere], ["127.0.0.1"]);
    await expect(fetchBy("turning.example", lookup)).rejects.toThrow("cannot be reached");
    expect({ asked: state.asked, connections: connections - before }).toEqual({ asked: 1, connections: 0 });
    await expect(fetchBy("turning.example", lookup)).rejects.toThrow("leads to 127.0.0.1, which is not public");
    expect({ asked: state.asked, connections: connections - before }).toEqual({ asked: 2, connections: 0 });
  });

  test("or that names both at once is refused", async () => {
    const { lookup } = turningNames([nowhere, "10.0.0.1"]);
    await expect(fetchBy("both.example", lookup)).rejects.toThrow("leads to 10.0.0.1, which is not public");
  });
});

test.each([
  ["8.8.8.8", true],
  ["2606:4700:4700::1111", true],
  ["127.0.0.1", false],
  ["10.255.0.1", false],
  ["100.64.0.1", false],
  ["169.254.169.254", false],
  ["172.31.0.1", false],
  ["192.168.1.1", false],
  ["0.0.0.0", false],
  ["255.255.255.255", false],
  ["::", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
  ["fe80::1", false],
  ["fd00::1", false],
  ["::7f00:1", false],
  ["4000::1", false],
  ["::ffff:1.1.1.1", true],
  ["64:ff9b::a00:1", false],
  ["64:ff9b::7f00:1", false],
  ["2002:7f00:1::", false],
  ["2001:db8::1", false],
  ["not an address", false],
])("%s belongs to the public internet: %s", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
