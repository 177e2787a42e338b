import path from "node:path";
import rateLimit from "@fastify/rate-limit";
import serveFiles from "@fastify/static";
import type { FastifyInstance } from "fastify";
import fastify from "fastify";
import type { Address } from "viem";
import { z } from "zod";
import type { AppConfig } from "#protocol/config.ts";
import { shortMessageOf } from "#protocol/errors.ts";
import { addressSchema } from "#protocol/primitives.ts";
import type { Credential } from "./demoIssuer.ts";

/** Gifts that one address, and one IP address, may have in a minute. */
const GIFTS_PER_ADDRESS = 3;
const GIFTS_PER_IP = 30;
/** Commitments are smaller: the order of the group that Semaphore's curve (bn254) forms. */
const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

export type AppServerOptions = {
  readonly folder: string;
  readonly port: number;
  readonly config: () => AppConfig;
  /** Sends an address what a newcomer needs. */
  readonly fund: (address: Address) => Promise<{ readonly eth: string; readonly coins: string }>;
  /** Vouches that a wallet is a person; null in an open contest. */
  readonly vouch: ((wallet: Address, contest: Address) => Promise<Credential>) | null;
  /** Lets an identity into the group of persons, as its admin; null where there is no group. */
  readonly admit: ((commitment: bigint) => Promise<void>) | null;
};

/** Serves the built app, its configuration, and what only the demo has. */
export async function createAppServer(options: AppServerOptions): Promise<FastifyInstance> {
  const app = fastify({ logger: false, forceCloseConnections: true });
  await app.register(rateLimit, { global: false });
  await app.register(serveFiles, {
    root: options.folder,
    cacheControl: false,
    setHeaders: (reply, file) => {
      // Names below assets/ carry a hash of their content.
      const isNamedByContent = file.includes(`${path.sep}assets${path.sep}`);
      reply.header("cache-control", isNamedByContent ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  app.addHook("onSend", async (_request, reply) => {
    reply.headers({ "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer" });
  });
  app.get("/config.json", async (_request, reply) => reply.header("cache-control", "no-store").send(options.config()));
  addGifts(app, options.fund);
  if (options.vouch !== null) addCredentials(app, options.vouch);
  if (options.admit !== null) addMembers(app, options.admit);

  app.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
    if (wantsPage) return reply.header("cache-control", "no-cache").sendFile("index.html");
    return reply.code(404).send({ error: { message: `There is nothing at ${request.url}.` } });
  });
  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
    return reply.code(status).send({ error: { message: shortMessageOf(error) } });
  });
  await app.listen({ host: "127.0.0.1", port: options.port });
  return app;
}

function addGifts(app: FastifyInstance, fund: AppServerOptions["fund"]): void {
  const bodySchema = z.object({ address: addressSchema });
  const given = new Map<Address, number[]>();
  const limit = { max: GIFTS_PER_IP, timeWindow: "1 minute", errorResponseBuilder: () => tooMany("this computer") };
  app.post("/demo/fund", { config: { rateLimit: limit } }, async (request, reply) => {
    const body = bodySchema.safeParse(request.body);
    if (!body.success)
      return reply
        .code(400)
        .send({ error: { message: "Send {address}: 0x and 40 hex digits.", parameter: "address" } });
    const { address } = body.data;
    const recent = (given.get(address) ?? []).filter((time) => time > Date.now() - 60_000);
    if (recent.length >= GIFTS_PER_ADDRESS)
      return reply.code(429).send({ error: { message: tooMany("this address").message } });
    given.set(address, [...recent, Date.now()]);
    return fund(address);
  });
}

function addCredentials(app: FastifyInstance, vouch: NonNullable<AppServerOptions["vouch"]>): void {
  const bodySchema = z.object({ wallet: addressSchema, contest: addressSchema });
  app.post(
    "/demo/credential",
    { config: { rateLimit: { max: GIFTS_PER_IP, timeWindow: "1 minute" } } },
    async (request, reply) => {
      const body = bodySchema.safeParse(request.body);
      if (!body.success) return reply.code(400).send({ error: { message: "Send {wallet, contest}: two addresses." } });
      const credential = await vouch(body.data.wallet, body.data.contest);
      return { ...credential, deadline: Number(credential.deadline) };
    },
  );
}

/** The admin of the demo's group, who lets everybody in. A real one decides who is a person. */
function addMembers(app: FastifyInstance, admit: NonNullable<AppServerOptions["admit"]>): void {
  const bodySchema = z.object({ commitment: z.string().regex(/^[1-9]\d{0,76}$/) });
  app.post(
    "/demo/member",
    { config: { rateLimit: { max: GIFTS_PER_IP, timeWindow: "1 minute" } } },
    async (request, reply) => {
      const body = bodySchema.safeParse(request.body);
      const commitment = BigInt(body.data?.commitment ?? 0);
      if (commitment === 0n || commitment >= FIELD)
        return reply
          .code(400)
          .send({ error: { message: "Send {commitment}: an identity's, in digits.", parameter: "commitment" } });
      await admit(commitment);
      return { admitted: commitment.toString() };
    },
  );
}

function tooMany(who: string) {
  return Object.assign(new Error(`Enough gifts for ${who}; try again in a minute.`), { statusCode: 429 });
}
