import { confirm, input, number, password, select } from "@inquirer/prompts";
import type { Address } from "viem";
import { z } from "zod";
import { InvalidInputError } from "#protocol/errors.ts";
import { addressSchema } from "#protocol/primitives.ts";
import type { Costs } from "../serve/modelCost.ts";
import { costsSchema } from "../serve/modelCost.ts";
import { leastPassword } from "./createKeystore.ts";
import type { NodeFlags } from "./nodeOptions.ts";
import { readEntries } from "./nodeOptions.ts";
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

const defaults = { store: ".coindrop/models", port: 8090, passwordEnv: "COINDROP_KEYSTORE_PASSWORD" };

/** Answers from flags alone: for scripts. Throws `InvalidInputError` that names each flag that is missing. */
export function answersOfFlags(flags: InitFlags): InitAnswers {
  const missing = [flags.rpc === undefined && "--rpc URL", flags.contest === undefined && "--contest 0x…"].filter(
    (flag) => flag !== false,
  );
  if (flags.rpc === undefined || flags.contest === undefined)
    throw new InvalidInputError("There is nobody to ask, so flags must say it.", { metaMessages: missing });
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
    ...(flags.tlsCert !== undefined &&
      flags.tlsKey !== undefined && { tls: { cert: flags.tlsCert, key: flags.tlsKey } }),
    ...costsOf(flags),
    allowPrivate: flags.allowPrivate === true,
  };
}

/** Asks what flags do not say. Needs a terminal. */
export async function askAnswers(flags: InitFlags): Promise<InitAnswers> {
  const valid = (schema: z.ZodType) => (text: string) => schema.safeParse(text).success || "that is not valid";
  const rpc =
    flags.rpc ??
    (await input({
      message: "RPC endpoint of the chain",
      default: "http://127.0.0.1:8545",
      validate: valid(z.url({ protocol: /^https?$/ })),
    }));
  const nodeRegistry =
    flags.nodeRegistry ?? (await input({ message: "Node registry (empty: the chain's public one)" }));
  const contest =
    flags.contest ?? (await input({ message: "Contest whose entries you host", validate: valid(addressSchema) }));
  const entries =
    flags.entries ?? readEntries(await input({ message: 'Entries: "all", or ids such as 1,4', default: "all" }));
  const store = flags.store ?? (await input({ message: "Folder for model files", default: defaults.store }));
  const key = flags.keystore ?? flags.keyEnv ?? flags.newKeystore ?? (await askKey());
  const node = flags.node ?? (await input({ message: "Account that holds the stake, 0x… (empty: not yet)" }));
  const endpoint =
    flags.endpoint ?? (await input({ message: "Address under which the world reaches this node (empty: not yet)" }));
  const port =
    flags.port ??
    (await number({ message: "Port to listen on", default: defaults.port, min: 0, max: 65_535, required: true }));
  const watts =
    flags.watts ??
    (await number({ message: "Watts drawn while answering (0: no cost figures)", default: 0, min: 0, required: true }));
  const priced =
    watts === 0
      ? {}
      : {
          watts,
          currency: flags.currency ?? (await input({ message: "Currency", default: "USD" })),
          priceKwh:
            flags.priceKwh ??
            (await number({ message: "Price of a kWh", default: 0.3, min: 0, step: "any", required: true })),
          hardwarePrice:
            flags.hardwarePrice ??
            (await number({ message: "Price of card or machine", default: 0, min: 0, step: "any", required: true })),
        };
  const given = {
    ...flags,
    ...priced,
    rpc,
    contest,
    entries,
    store,
    port,
    ...(nodeRegistry !== "" && { nodeRegistry }),
    ...(node !== "" && { node }),
    ...(endpoint !== "" && { endpoint }),
  };
  if (typeof key === "string") return answersOfFlags(given);
  const { newKeystore: _, ...plain } = given;
  return { ...answersOfFlags(plain), newKeystore: key };
}

async function askKey(): Promise<NonNullable<InitAnswers["newKeystore"]> | string> {
  const wanted = await select({
    message: "Signing key",
    choices: [
      { name: "make a new one, in an encrypted keystore file", value: true },
      { name: "take it from the environment variable COINDROP_NODE_KEY", value: false },
    ],
  });
  if (!wanted) return "COINDROP_NODE_KEY";
  const file = await input({ message: "Keystore file", default: "node-key.json" });
  for (;;) {
    const first = await password({
      message: `Password, ${leastPassword} characters or more`,
      mask: true,
      validate: (text) => text.length >= leastPassword || "too short",
    });
    if (first === (await password({ message: "Once more", mask: true })))
      return { file, password: first, passwordEnv: defaults.passwordEnv };
    if (!(await confirm({ message: "The two differ. Try again?" })))
      throw new InvalidInputError("No keystore was made.");
  }
}

function costsOf(flags: InitFlags): { readonly costs?: Costs } {
  if (flags.watts === undefined) return {};
  const costs = costsSchema.safeParse({
    watts: flags.watts,
    pricePerKwh: flags.priceKwh ?? 0,
    ...(flags.hardwarePrice !== undefined && { hardwarePrice: flags.hardwarePrice }),
    ...(flags.lifetimeYears !== undefined && { lifetimeYears: flags.lifetimeYears }),
    ...(flags.currency !== undefined && { currency: flags.currency }),
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
