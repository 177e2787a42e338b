import type { Socket } from "node:net";
import cors from "@fastify/cors";
import fastifyStatic from "@fastify/static";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import Fastify, { LogController } from "fastify";
import type { Answering } from "./answerChat.ts";
import { ApiError, loggable, toApiError } from "./apiError.ts";
import { addCardRoutes } from "./cardRoutes.ts";
import { addChatRoute } from "./chatRoute.ts";
import { addCompletionRoute } from "./completionRoute.ts";
import { addEmbeddingsRoute } from "./embeddingsRoute.ts";
import type { ModelServing } from "./fileRoutes.ts";
import { addFileRoutes } from "./fileRoutes.ts";
import { addGradioRoutes } from "./gradioRoutes.ts";
import type { NodeView } from "./infoRoutes.ts";
import { addInfoRoutes } from "./infoRoutes.ts";
import type { Costs } from "./modelCost.ts";
import { addOllamaModels } from "./ollamaModels.ts";
import { addOllamaRoutes } from "./ollamaRoutes.ts";
import { addOpsRoutes } from "./opsRoutes.ts";

export type AppOptions = {
  readonly answering: Answering;
  readonly view: NodeView;
  readonly logger: FastifyBaseLogger;
  /** Own certificate; plain http where it is absent. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly costs?: Costs;
  /** Whether `X-Forwarded-For` is believed: only behind a proxy of the operator's own. */
  readonly trustProxy?: boolean;
  readonly serving?: ModelServing;
};

const maxBodyBytes = 2_097_152;
const maxConnections = 1_024;
const keepAliveProbeMs = 30_000;

/** The node's HTTP API. Request bodies appear in no log. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { answering, view, logger, tls, costs, serving } = options;
  const settings = {
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    forceCloseConnections: true,
    trustProxy: options.trustProxy ?? false,
    routerOptions: { ignoreTrailingSlash: true },
  };
  // Over TLS the server's type is another one; nothing here depends on which.
  const app =
    tls === undefined ? Fastify(settings) : (Fastify({ ...settings, https: tls }) as unknown as FastifyInstance);
  app.server.maxConnections = maxConnections;
  // A client that vanished without a word is noticed.
  app.server.on("connection", (socket: Socket) => socket.setKeepAlive(true, keepAliveProbeMs));
  await app.register(cors, {
    origin: "*",
    methods: ["GET", "HEAD", "POST"],
    exposedHeaders: ["Retry-After", "Content-Range", "Accept-Ranges", "Content-Length", "ETag"],
    maxAge: 86_400,
  });
  await app.register(fastifyStatic, { root: process.cwd(), serve: false });

  app.addHook("onRequest", async (_request, reply) => {
    reply.raw.once("close", answering.admission.track());
  });
  app.addHook("onResponse", async ({ routeOptions }, reply) => {
    answering.metrics.requested(routeOptions.url ?? "none", reply.statusCode, reply.elapsedTime / 1000);
  });
  app.setErrorHandler((error, request, reply) => {
    const refusal = toApiError(error);
    if (refusal.status >= 500) request.log.error({ error: loggable(error), url: request.url }, "a request failed");
    if (refusal.retryAfter !== null) reply.header("Retry-After", refusal.retryAfter);
    return reply.code(refusal.status).send(bodyFor(request.url, refusal));
  });
  app.setNotFoundHandler((request) => {
    throw new ApiError(
      404,
      `There is no ${request.method} ${request.url.slice(0, 200)} here. GET / says what there is.`,
      {
        code: "not_found",
      },
    );
  });
  addInfoRoutes(app, answering, view);
  addFileRoutes(app, view.entries, serving ?? null);
  addCardRoutes(app, view.entries, costs);
  addOpsRoutes(app, answering, view);
  addChatRoute(app, answering, view.entries);
  addCompletionRoute(app, answering, view.entries);
  addEmbeddingsRoute(app, answering, view.entries);
  addOllamaRoutes(app, answering, view.entries);
  addOllamaModels(app, view.entries);
  addGradioRoutes(app, answering, view.entries);
  return app;
}

/** A refusal as the clients of the API that was asked read it: Ollama's and Gradio's expect a text. */
function bodyFor(url: string, { body, message }: ApiError): object {
  const { param, code } = body.error;
  if (url.startsWith("/api/")) return { error: message, param, code };
  if (url.startsWith("/gradio_api/")) return { error: message, detail: message, param, code };
  return body;
}
