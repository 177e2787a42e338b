import compress from "@fastify/compress";
import cors from "@fastify/cors";
import etag from "@fastify/etag";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { fastify } from "fastify";
import { endpoints } from "#protocol/endpoints.ts";
import type { Ready } from "#protocol/http.ts";
import { routes as urls } from "#protocol/routes.ts";
import { DatabaseAwayError } from "../store/DatabaseAwayError.ts";
import type { Served } from "../store/served.ts";
import type { Hub } from "../stream/hub.ts";
import { BadParameterError, NotFoundError, NotYetError, TooManyError } from "../views/errors.ts";
import type { Answers } from "./createAnswers.ts";
import { createKeptAnswers, LEAST_COMPRESSED } from "./keptAnswers.ts";
import type { Vitals } from "./metrics.ts";
import { addMetrics } from "./metrics.ts";
import { describeApi } from "./openapi.ts";
import { parseParameters } from "./parseParameters.ts";
import { requestCounts } from "./requestCounts.ts";

type ApiOptions = {
  /** What answers from the rows of whatever version. */
  readonly answers: Answers;
  readonly read: Served["read"];
  readonly hub: Hub;
  readonly ready: () => Promise<Ready>;
  readonly vitals: () => Promise<Vitals>;
  /** Requests from one address in a minute; 0 for no limit. */
  readonly requestsPerMinute: number;
  /** How many proxies in front are believed about who asks. */
  readonly proxies: number;
  readonly onError: (error: unknown, url: string) => void;
};

/** Names the projection version whose rows an answer was made of. */
const VERSION_HEADER = "projection-version";

/** The HTTP side: reads only, for any origin. */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const { answers, read, hub, ready, onError, requestsPerMinute } = options;
  const app = fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 100 },
    trustProxy: (_, hop) => hop < options.proxies,
  });
  await app.register(cors, {
    origin: "*",
    methods: ["GET", "HEAD"],
    exposedHeaders: ["retry-after", "etag", VERSION_HEADER],
  });
  if (requestsPerMinute > 0) {
    await app.register(rateLimit, {
      max: requestsPerMinute,
      timeWindow: "1 minute",
      store: requestCounts(() => performance.now()),
      allowList: (request) => request.url === urls.health,
      errorResponseBuilder: (_, { after }) => new TooManyError(`Too many requests; try again in ${after}.`),
    });
  }
  await app.register(compress, { threshold: LEAST_COMPRESSED, encodings: ["gzip", "deflate", "identity"] });
  await app.register(etag, { weak: true });
  addMetrics(app, options.vitals);

  const description = JSON.stringify(describeApi());
  app.get(urls.openapi, (_, reply) => reply.type("application/json").send(description));
  app.get(urls.health, () => ({ alive: true }));
  app.get(urls.ready, async (_, reply) => {
    const answer = await ready();
    return reply.code(answer.ready ? 200 : 503).send(answer);
  });
  const kept = createKeptAnswers(read);
  for (const name of Object.keys(answers) as (keyof Answers)[]) answer(name);
  function answer(name: keyof Answers): void {
    app.get(urls[name], async (request, reply) => {
      const params = parseParameters(endpoints[name].params, request.params);
      const query = parseParameters(endpoints[name].query, request.query);
      const found = await kept.to(request.url, async (rows, version) => {
        // A refusal is of a version, too.
        void reply.header(VERSION_HEADER, version);
        return answers[name](rows, params as never, query as never);
      });
      return kept.send(found, request, reply.header(VERSION_HEADER, found.version));
    });
  }

  app.get(urls.events, async (request, reply) => {
    const { contest } = parseParameters(endpoints.events.query, request.query);
    const given = request.headers["last-event-id"];
    const lastEventId = Array.isArray(given) ? given[0] : given;
    if (!hub.hasRoom()) {
      return reply.code(503).header("retry-after", "5").send(errorOf("Too many listeners; try again in a moment."));
    }
    // While there is nothing to tell of, it is said before the stream begins.
    await read(async (_, version) => void reply.header(VERSION_HEADER, version));
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.hijack();
    reply.raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    });
    reply.raw.socket?.setNoDelay(true);
    void hub.listen(reply.raw, { contest, lastEventId });
    return reply;
  });

  app.setNotFoundHandler((request, reply) => reply.code(404).send(errorOf(`There is nothing at ${request.url}.`)));
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof BadParameterError) {
      return reply.code(400).send({ error: { message: error.shortMessage, parameter: error.parameter } });
    }
    if (error instanceof TooManyError) return reply.code(429).send(errorOf(error.shortMessage));
    if (error instanceof NotFoundError) return reply.code(404).send(errorOf(error.shortMessage));
    if (error instanceof NotYetError || error instanceof DatabaseAwayError)
      return reply.code(503).header("retry-after", "1").send(errorOf(error.shortMessage));
    const status = (error as { readonly statusCode?: number }).statusCode;
    if (status !== undefined && status < 500) return reply.code(status).send(errorOf("The request cannot be read."));
    onError(error, request.url);
    return reply.code(500).send(errorOf("The indexer failed on this request; its log says why."));
  });
  return app;
}

function errorOf(message: string) {
  return { error: { message } };
}
