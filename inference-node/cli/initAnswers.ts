import type { Address } from "viem";
import { z } from "zod";
import { InvalidInputError } from "#protocol/errors.ts";
import { addressSchema } from "#protocol/primitives.ts";
import type { Costs } from "../serve/modelCost.ts";
import { costsSchema } from "../serve/modelCost.ts";
import type { NodeFlags } from "./nodeOptions.ts";
import { tlsOf } from "./nodeOptions.ts";
import { takeVariable } from "./readKey.ts";

type Keystore = { readonly file: string; readonly passwordEnv: string };

/** What a configuration is written from. */
export type InitAnswers = {
  readonly rpcUrl: string;
  readonly nodeRegistry?: Address;
  readonly contest: Address;
  readonly entries: "all" | readonly number[];
  readonly keyEnv?: string;
  readonly keystore?: Keystore;
  readonly newKeystore?: Keystore & { readonly password: string };
  readonly node?: Address;
  readonly operatorKeyEnv?: string;
  readonly endpoint?: string;
  readonly store: string;
  readonly models: readonly string[];
  readonly manifests: readonly string[];
  readonly host: string;
  readonly port: number;
  /** First block to look at; found out where absent. */
  readonly fromBlock?: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly costs?: Costs;
  readonly allowPrivate: boolean;
};

export type InitFlags = NodeFlags & {
  readonly newKeystore?: string;
  readonly watts?: number;
  readonly priceKwh?: number;
  readonly hardwarePrice?: number;
  readonly lifetimeYears?: number;
  readonly currency?: string;
};

export const defaults = { store: ".coindrop/models", port: 8090, passwordEnv: "COINDROP_KEYSTORE_PASSWORD" };

/** Answers from flags alone: for scripts. Throws `InvalidInputError` that names each flag that is missing. */
export function answersOfFlags(flags: InitFlags): InitAnswers {
  const missing = [flags.rpc === undefined && "--rpc URL", flags.contest === undefined && "--contest 0x…"].filter(
    (flag) => flag !== false,
  );
  if (flags.rpc === undefined || flags.contest === undefined)
    throw new InvalidInputError("There is nobody to ask, so flags must say it.", { metaMessages: missing });
  const tls = tlsOf(flags);
  const passwordEnv = flags.passwordEnv ?? defaults.passwordEnv;
  return {
    rpcUrl: checked(z.url({ protocol: /^https?$/ }), flags.rpc, "--rpc"),
    contest: checked(addressSchema, flags.contest, "--contest"),
    entries: flags.entries ?? "all",
    ...(flags.nodeRegistry !== undefined && {
      nodeRegistry: checked(addressSchema, flags.nodeRegistry, "--node-registry"),
    }),
    ...(flags.keyEnv !== undefined && { keyEnv: flags.keyEnv }),
    ...(flags.keystore !== undefined && { keystore: { file: flags.keystore, passwordEnv } }),
    ...(flags.newKeystore !== undefined && {
      newKeystore: {
        file: flags.newKeystore,
        passwordEnv,
        password: takeVariable(passwordEnv, "the new keystore's password"),
      },
    }),
    ...(flags.node !== undefined && { node: checked(addressSchema, flags.node, "--node") }),
    ...(flags.operatorKeyEnv !== undefined && { operatorKeyEnv: flags.operatorKeyEnv }),
    ...(flags.endpoint !== undefined && {
      endpoint: checked(z.url({ protocol: /^https?$/ }), flags.endpoint, "--endpoint"),
    }),
    store: flags.store ?? defaults.store,
    models: flags.models ?? [],
    manifests: flags.manifests ?? [],
    host: flags.host ?? "127.0.0.1",
    port: flags.port ?? defaults.port,
    ...(flags.fromBlock !== undefined && { fromBlock: flags.fromBlock }),
    ...(tls !== undefined && { tls }),
    ...costsOf(flags),
    allowPrivate: flags.allowPrivate === true,
  };
}

function costsOf(flags: InitFlags): { readonly costs?: Costs } {
  const { watts, priceKwh, hardwarePrice, lifetimeYears, currency } = flags;
  if ([watts, priceKwh, hardwarePrice, lifetimeYears, currency].every((flag) => flag === undefined)) return {};
  if (watts === undefined || priceKwh === undefined)
    throw new InvalidInputError("What a token costs is reckoned from power and price together.", {
      metaMessages: [
        `missing: ${[watts === undefined && "--watts", priceKwh === undefined && "--price-kwh"].filter(Boolean).join(", ")}`,
        "--hardware-price, --lifetime-years and --currency add to them. Say both, or none of the five.",
      ],
    });
  const costs = costsSchema.safeParse({
    watts,
    pricePerKwh: priceKwh,
    ...(hardwarePrice !== undefined && { hardwarePrice }),
    ...(lifetimeYears !== undefined && { lifetimeYears }),
    ...(currency !== undefined && { currency }),
  });
  if (costs.success) return { costs: costs.data };
  throw new InvalidInputError("The costs are not valid.", {
    metaMessages: costs.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
  });
}

function checked<T>(schema: z.ZodType<T>, text: string, flag: string): T {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`${flag} "${text}" is not valid: ${parsed.error.issues[0]?.message}.`);
}
