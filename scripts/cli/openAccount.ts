import { readFile } from "node:fs/promises";
import type { Account, Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { BaseError, InvalidInputError } from "#protocol/errors.ts";

export type AccountSource = {
  /** Name of an environment variable that holds a private key. */
  readonly keyEnv?: string | undefined;
  /** Encrypted JSON keystore. */
  readonly keystore?: string | undefined;
  /** Play-money account of the running demo, where no other is named. */
  readonly demo?: (() => Account) | undefined;
};

/** Variable with the keystore's password, for those who cannot be asked. */
const PASSWORD_ENV = "COINDROP_KEYSTORE_PASSWORD";

/** The account that sends and pays. Throws `InvalidInputError` when none is named. Never shows a key. */
export async function openAccount({ keyEnv, keystore, demo }: AccountSource): Promise<Account> {
  if (keyEnv !== undefined && keystore !== undefined)
    throw new InvalidInputError("Name either --key-env or --keystore, not both.");
  if (keyEnv !== undefined) return fromKey(process.env[keyEnv]?.trim() ?? "", `The environment variable ${keyEnv}`);
  if (keystore !== undefined) return fromKeystore(keystore);
  if (demo !== undefined) return demo();
  throw new InvalidInputError("No account is named to send with.", {
    metaMessages: [
      "--key-env NAME: a private key in an environment variable",
      "--keystore FILE: an encrypted JSON keystore",
    ],
  });
}

async function fromKeystore(file: string): Promise<Account> {
  const json = await readFile(file, "utf8").catch((error: unknown) => {
    throw new InvalidInputError(`The keystore ${file} cannot be read.`, { cause: error });
  });
  const secret = process.env[PASSWORD_ENV] ?? (await askPassword(file));
  try {
    const { Wallet } = await import("ethers");
    const { privateKey } = await Wallet.fromEncryptedJson(json, secret);
    return fromKey(privateKey, `The keystore ${file}`);
  } catch (error) {
    if (error instanceof BaseError) throw error;
    throw new InvalidInputError(`The keystore ${file} does not open: wrong password, or no keystore.`, {
      cause: error,
    });
  }
}

async function askPassword(file: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new InvalidInputError(`Nobody can be asked for the password of ${file}; set ${PASSWORD_ENV}.`);
  const { password } = await import("@inquirer/prompts");
  return password({ message: `Password of ${file}` });
}

function fromKey(text: string, source: string): Account {
  const key = text.startsWith("0x") ? text : `0x${text}`;
  if (!/^0x[0-9a-fA-F]{64}$/.test(key)) throw new InvalidInputError(`${source} holds no private key (64 hex digits).`);
  return privateKeyToAccount(key as Hex);
}
