import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

type Conduct = (
  bytes: Buffer,
  stretch: { readonly start: number; readonly end: number },
  response: ServerResponse,
  request: IncomingMessage,
) => void;

const partly = (
  response: ServerResponse,
  total: number,
  { start, end }: { start: number; end: number },
  more: Record<string, string> = {},
) =>
  response.writeHead(206, {
    "Content-Range": `bytes ${start}-${end - 1}/${total}`,
    "Content-Length": String(end - start),
    ...more,
  });

/** What a mirror may do with a request for a stretch of a file. */
const conducts = {
  honest: (bytes, at, response) => partly(response, bytes.length, at).end(bytes.subarray(at.start, at.end)),
  /** Right but for one byte of the second piece. */
  lying: (bytes, at, response) => {
    const wrong = Buffer.from(bytes);
    wrong[1_500_000] = (wrong[1_500_000] ?? 0) ^ 1;
    partly(response, bytes.length, at).end(wrong.subarray(at.start, at.end));
  },
  /** Ends early, as if that were all. */
  truncating: (bytes, at, response) => {
    response.writeHead(206, { "Content-Range": `bytes ${at.start}-${at.end - 1}/${bytes.length}` });
    response.end(bytes.subarray(at.start, Math.min(at.end, at.start + 700_000)));
  },
  /** Breaks the connection in the middle of a piece. */
  torn: (bytes, at, response) => {
    partly(response, bytes.length, at).write(bytes.subarray(at.start, at.start + 700_000), () => response.destroy());
  },
  silent: (bytes, at, response) =>
    void partly(response, bytes.length, at).write(bytes.subarray(at.start, at.start + 9)),
  /** A byte now and then. */
  dripping: (bytes, at, response) => {
    partly(response, bytes.length, at);
    let sent = at.start;
    const timer = setInterval(() => response.write(bytes.subarray(sent, ++sent)), 20);
    response.once("close", () => clearInterval(timer));
  },
  rangeless: (bytes, _at, response) => response.writeHead(200, { "Content-Length": String(bytes.length) }).end(bytes),
  wrongLength: (bytes, at, response) =>
    void partly(response, bytes.length, at, { "Content-Length": "1000000000000" }).write(bytes.subarray(0, 9)),
  wrongRange: (bytes, at, response) =>
    partly(response, bytes.length, { start: at.start + 1, end: at.end }).end(bytes.subarray(at.start + 1, at.end)),
  endless: (_bytes, _at, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (response.write(Buffer.alloc(65_536)));
      response.once("drain", more);
    };
    more();
  },
  looping: (_bytes, _at, response, request) => response.writeHead(302, { Location: request.url ?? "/" }).end(),
  zipped: (_bytes, _at, response) =>
    response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(Buffer.alloc(10_000_000))),
  inward: (_bytes, _at, response) => response.writeHead(302, { Location: "file:///etc/passwd" }).end(),
  absent: (_bytes, _at, response) => response.writeHead(404).end(),
  busy: (_bytes, _at, response) => response.writeHead(503).end(),
} satisfies Record<string, Conduct>;

export type ConductName = keyof typeof conducts;

/** Servers of one file in one process, one path each; `asked` tells which stretches each was asked for. */
export async function createMirrors(bytes: Buffer) {
  const asked: { readonly path: string; readonly start: number; readonly end: number }[] = [];
  /** Ways of this test's own, by path. */
  const own: Record<string, Conduct> = {};
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").slice(1);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const at = { start: Number(from ?? 0), end: Math.min(Number(to ?? bytes.length - 1) + 1, bytes.length) };
    asked.push({ path, ...at });
    const conduct: Conduct = own[path] ?? conducts[path as ConductName] ?? conducts.absent;
    conduct(bytes, at, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const base = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    base,
    asked,
    own,
    url: (name: ConductName): string => `${base}/${name}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
