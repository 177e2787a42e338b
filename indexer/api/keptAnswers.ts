import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Rows } from "../store/rows.ts";
import type { Served } from "../store/served.ts";

/** Characters of answers and their addresses that are kept; above it all are worked out anew. */
const MOST_CHARACTERS = 32_000_000;
/** Characters below which compressing costs more than it saves. */
export const LEAST_COMPRESSED = 1_024;
/** A client that takes gzip and says nothing more particular; all others are left to the negotiation. */
const TAKES_GZIP = /(^|,)\s*gzip\s*(,|$)/i;

type Answer = { readonly version: number; readonly text: string; readonly etag: string; zipped?: Promise<Buffer> };

/**
 * Answers, each worked out, written and compressed once for a state of the database: whatever changes what a reader sees
 * adds a message to the event stream, so its newest number stands for the state.
 */
export function createKeptAnswers(read: Served["read"]) {
  let state: string | undefined;
  let kept = new Map<string, Answer>();
  let characters = 0;

  /** The answer at an address, made by `make` where it is not there already. */
  function to(url: string, make: (rows: Rows, version: number) => Promise<unknown>): Promise<Answer> {
    return read(async (rows, version) => {
      const now = `${version} ${await stateOf(rows)}`;
      if (now !== state) [state, kept, characters] = [now, new Map(), 0];
      const known = kept.get(url);
      if (known !== undefined) return known;
      const text = JSON.stringify(await make(rows, version));
      const answer = { version, text, etag: `W/"${createHash("sha1").update(text).digest("base64url")}"` };
      // Another moment may have been read meanwhile, where reads run beside each other.
      if (now !== state) return answer;
      // An address is a stranger's, and may be longer than what it answers.
      const length = url.length + text.length;
      characters += length;
      if (characters > MOST_CHARACTERS) [kept, characters] = [new Map(), length];
      kept.set(url, answer);
      return answer;
    });
  }

  async function send(answer: Answer, request: FastifyRequest, reply: FastifyReply) {
    reply.type("application/json; charset=utf-8").header("etag", answer.etag);
    if (answer.text.length < LEAST_COMPRESSED || !TAKES_GZIP.test(request.headers["accept-encoding"] ?? ""))
      return reply.send(answer.text);
    answer.zipped ??= promisify(gzip)(answer.text);
    return reply
      .header("content-encoding", "gzip")
      .header("vary", "accept-encoding")
      .send(await answer.zipped);
  }

  return { to, send };
}

async function stateOf(rows: Rows): Promise<string> {
  const [found] = await rows.list(`SELECT "tag", "block", (SELECT max("seq") FROM "messages") FROM "position"`);
  return (found ?? []).join(" ");
}
