import { z } from "zod";
import { addressSchema, hexSchema } from "./primitives.ts";

/**
 * What a deployment tells the app at `GET /config.json`. `demo` is null everywhere but in the local demo; its
 * `session` is new at each start, so that state a browser kept from an earlier chain can be thrown away.
 */
export const appConfigSchema = z.object({
  chainId: z.int().positive(),
  chainName: z.string().min(1),
  rpcUrl: z.url(),
  indexerUrl: z.url(),
  /** Carries signed orders, so that voters pay no gas; null where there is none. */
  relayUrl: z.url().nullable().default(null),
  factory: addressSchema,
  nodeRegistry: addressSchema,
  coin: addressSchema,
  /** Contests that this deployment lists. */
  contests: z.array(addressSchema),
  /** What challengers pass on to the arbitrators of these contests, each found by the hash in the rules; none: no bytes. */
  arbitratorExtraData: z.array(hexSchema).default([]),
  demo: z
    .object({
      session: z.string().min(1),
      /** POST {address}: sends the throw-away wallet what it needs. */
      fundUrl: z.string(),
      /** POST {wallet, contest}: a personhood credential; null where persons are not attested. */
      credentialUrl: z.string().nullable(),
      /** POST {commitment}: lets a Semaphore identity into the group of persons; null where there is no group. */
      memberUrl: z.string().nullable(),
      /** Simulated voters; empty without a crowd. */
      crowd: z.array(addressSchema),
    })
    .nullable(),
});
export type AppConfig = z.infer<typeof appConfigSchema>;

/** What `npm start` writes to `.coindrop/demo.json`. */
export const demoFileSchema = z.object({
  appUrl: z.url(),
  indexerUrl: z.url(),
  relayUrl: z.url(),
  rpcUrl: z.url(),
  chainId: z.int().positive(),
  nodes: z.array(z.object({ url: z.url(), address: addressSchema })),
  factory: addressSchema,
  contest: addressSchema,
  coin: addressSchema,
  nodeRegistry: addressSchema,
  entries: z.array(
    z.object({
      id: z.int().positive(),
      name: z.string(),
      manifestHash: z.string(),
      modelSha256: z.string(),
      modelRoot: z.string(),
    }),
  ),
});
export type DemoFile = z.infer<typeof demoFileSchema>;
