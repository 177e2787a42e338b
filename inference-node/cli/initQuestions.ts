import { access } from "node:fs/promises";
import { input, number, select } from "@inquirer/prompts";
import { deployments } from "#protocol/addresses.ts";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import { addressSchema } from "#protocol/primitives.ts";
import { askNewPassword } from "./askNewPassword.ts";
import { checkContest, factoryOf } from "./checkContest.ts";
import type { InitAnswers, InitFlags } from "./initAnswers.ts";
import { answersOfFlags, defaults } from "./initAnswers.ts";
import { readEntries } from "./nodeOptions.ts";
import { openChain } from "./openOperator.ts";

/** Asks what flags do not say, and looks at each answer at once. Needs a terminal. */
export async function askAnswers(flags: InitFlags): Promise<InitAnswers> {
  const rpc =
    flags.rpc ??
    (await input({
      message: "RPC endpoint of the chain",
      default: "http://127.0.0.1:8545",
      validate: (url) => holds(async () => openChain(urlOf(url))),
    }));
  const chain = await openChain(rpc);
  const known = deployments[chain.chainId]?.nodeRegistry;
  const nodeRegistry =
    flags.nodeRegistry ??
    known ??
    (await input({
      message: "Address of the node registry",
      validate: (text) => holds(async () => factoryOf(chain, addressOf(text))),
    }));
  const factory = await factoryOf(chain, addressOf(nodeRegistry));
  const contest =
    flags.contest ??
    (await input({
      message: "Address of the contest whose entries you host",
      validate: (text) => holds(async () => checkContest(chain, factory, addressOf(text), "all")),
    }));
  const entries =
    flags.entries ??
    readEntries(
      await input({
        message: 'Entries: "all", or ids such as 1,4',
        default: "all",
        validate: (text) => holds(async () => checkContest(chain, factory, addressOf(contest), readEntries(text))),
      }),
    );
  const store = flags.store ?? (await input({ message: "Folder for model files", default: defaults.store }));
  const key = flags.keystore ?? flags.keyEnv ?? flags.newKeystore ?? (await askKey());
  const node =
    flags.node ??
    (await input({
      message: "Account that holds the stake, 0x… (empty: not yet)",
      validate: (text) => text === "" || holds(() => addressOf(text)),
    }));
  const endpoint =
    flags.endpoint ??
    (await input({
      message: "Address under which the world reaches this node, https://… (empty: not yet)",
      validate: (text) => text === "" || holds(() => urlOf(text)),
    }));
  const port =
    flags.port ??
    (await number({ message: "Port to listen on", default: defaults.port, min: 0, max: 65_535, required: true }));
  const given = {
    ...flags,
    ...(await askCosts(flags)),
    rpc,
    contest,
    entries,
    store,
    port,
    nodeRegistry,
    ...(node !== "" && { node }),
    ...(endpoint !== "" && { endpoint }),
  };
  if (typeof key === "string") return answersOfFlags(given);
  const { newKeystore: _, ...plain } = given;
  return { ...answersOfFlags(plain), newKeystore: key };
}

async function askCosts(flags: InitFlags): Promise<Partial<InitFlags>> {
  const watts =
    flags.watts ??
    (await number({ message: "Watts drawn while answering (0: no cost figures)", default: 0, min: 0, required: true }));
  if (watts === 0) return {};
  const price = { min: 0, step: "any", required: true } as const;
  return {
    watts,
    currency: flags.currency ?? (await input({ message: "Currency", default: "USD" })),
    priceKwh: flags.priceKwh ?? (await number({ message: "Price of a kWh", default: 0.3, ...price })),
    hardwarePrice: flags.hardwarePrice ?? (await number({ message: "Price of card or machine", default: 0, ...price })),
  };
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
  const file = await input({
    message: "Keystore file",
    default: "node-key.json",
    validate: (path) =>
      access(path).then(
        () => `there is a file at ${path} already`,
        () => true,
      ),
  });
  return { file, password: await askNewPassword(), passwordEnv: defaults.passwordEnv };
}

/** What an answer is refused with, where it is. */
async function holds(look: () => unknown): Promise<true | string> {
  try {
    await look();
    return true;
  } catch (error) {
    return shortMessageOf(error);
  }
}

function addressOf(text: string) {
  const address = addressSchema.safeParse(text.trim());
  if (!address.success) throw new InvalidInputError("An address is 0x and 40 hex digits.");
  return address.data;
}

function urlOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidInputError("An address on the web begins with https:// or http://.");
  return text;
}
