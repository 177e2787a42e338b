import cors from "@fastify/cors";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { fastify } from "fastify";
import { z } from "zod";
import { addressSchema, bytes32Schema } from "#protocol/primitives.ts";
import type { RelayOrder } from "#protocol/relay.ts";
import { relayRoutes, signedOrderSchema } from "#protocol/relay.ts";
import type { Intake } from "./intake.ts";
import { RefusedError } from "./refusedError.ts";
import type { KeptOrder } from "./store.ts";
import type { TrustedProxies } from "./trustedProxies.ts";

const MAX_CONNECTIONS = 1_024;
/** Of an IPv6 address: whoever has one has 2^64 of them. Source: RFC 6177. */
const IPV6_NETWORK = 64;
/** Bytes of a request: an order with the longest signature and a permit has about half of it. */
const MOST_BYTES = 16_384;

const digestSchema = z.object({ digest: bytes32Schema });
const nonceSchema = z.object({
  contest: addressSchema,
  voter: addressSchema,
  id: z.string().regex(/^[1-9][0-9]{0,4}$/, "expected an entry id: 1 to 65535"),
});

/** The HTTP side, for any origin: a relay has no secrets, and an order is worth the same wherever it comes from. */
export async function createRelayApi(options: {
  readonly intake: Intake;
  readonly ordersPerMinute: number;
  /** Which proxies in front are believed about the caller's address; null for none. */
  readonly proxies: TrustedProxies | null;
  readonly ready: () => string | null;
  readonly onError: (error: unknown, url: string) => void;
}): Promise<FastifyInstance> {
  const { intake, ordersPerMinute, proxies, ready, onError } = options;
  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: MOST_BYTES,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    trustProxy: proxies ?? false,
    routerOptions: { maxParamLength: 100 },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  await app.register(cors, { origin: "*", methods: ["GET", "HEAD", "POST"], exposedHeaders: ["retry-after"] });
  await app.register(rateLimit, { global: false, ipv6Subnet: IPV6_NETWORK });

  app.get(relayRoutes.health, () => ({ alive: true }));
  app.get(relayRoutes.ready, (_, reply) => {
    const reason = ready();
    return reply.code(reason === null ? 200 : 503).send({ ready: reason === null, reason });
  });
  // Where the answer costs the relay a question to the chain, an address gets so many; each route counts for itself.
  const limited = {
    config: { rateLimit: { max: ordersPerMinute, timeWindow: "1 minute", errorResponseBuilder: tooMany } },
  };
  app.post(relayRoutes.orders, limited, async (request, reply) => {
    const { kept, isNew } = await intake.accept(parse(signedOrderSchema, request.body));
    return reply.code(isNew ? 202 : 200).send({ order: asAnswer(kept) });
  });
  app.get(relayRoutes.order, (request) => ({
    order: asAnswer(intake.statusOf(parse(digestSchema, request.params).digest)),
  }));
  app.get(relayRoutes.costs, limited, () => intake.costs());
  app.get(relayRoutes.nonces, limited, (request) => {
    const { contest, voter, id } = parse(nonceSchema, request.params);
    return intake.nonces({ contest, voter, entryId: id });
  });

  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: { message: `There is nothing at ${request.url}.` } }),
  );
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof RefusedError) {
      if (error.status === 503 || error.status === 429) reply.header("retry-after", "10");
      const { shortMessage: message, parameter, reason } = error;
      return reply.code(error.status).send({ error: { message, parameter, reason } });
    }
    const { statusCode: status, code } = error as { readonly statusCode?: number; readonly code?: string };
    if (status !== undefined && status < 500)
      return reply.code(status).send({ error: { message: unreadable(status, code) } });
    onError(error, request.url);
    return reply.code(500).send({ error: { message: "The relay failed on this request; its log says why." } });
  });
  return app;
}

function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const parameter = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.join(".");
  const where = parameter === undefined || parameter === "" ? "The order" : parameter;
  throw new RefusedError(400, `${where}: ${issue?.message ?? "not valid"}.`, { parameter: parameter || "body" });
}

function asAnswer({ digest, order, state, hash, block, reason }: KeptOrder): RelayOrder {
  const { contest, kind, voter, entryId, amount, nonce, deadline } = order;
  return { digest, contest, kind, voter, entryId, amount, nonce, deadline, state, transaction: hash, block, reason };
}

function unreadable(status: number, code: string | undefined): string {
  if (status === 413) return `An order has at most ${MOST_BYTES} bytes.`;
  if (status === 429) return "Too many requests from this address; try again in a minute.";
  if (status === 415) return "Send the order as application/json.";
  return code === "FST_ERR_CTP_EMPTY_JSON_BODY"
    ? "The body is empty."
    : "The request cannot be read: the body must be JSON.";
}

function tooMany() {
  return Object.assign(new Error("too many"), { statusCode: 429 });
}
