import { readFile } from "node:fs/promises";
import type { LocalAccount } from "viem/accounts";
import { privateKeyToAccount } from "viem/accounts";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import { prefixedHex } from "#protocol/hashing.ts";
import type { KeySource } from "./nodeConfig.ts";
import { walletWithFastScrypt } from "./walletWithFastScrypt.ts";

/** What the key that holds the stake is called. */
export const operatorKeyPurpose = "the operator's key";

/**
 * Opens a private key and takes it out of the environment, so that no child process and no crash report inherits it.
 *
 * Throws `InvalidInputError` without ever quoting the key.
 */
export async function readKey(source: KeySource, purpose: string): Promise<LocalAccount> {
  if ("env" in source) {
    const text = takeVariable(source.env, purpose, hintFor(purpose));
    const digits = text.trim().replace(/^0x/, "");
    if (!/^[0-9a-fA-F]{64}$/.test(digits)) {
      throw new InvalidInputError(`The environment variable ${source.env} holds no private key (64 hex digits).`);
    }
    return privateKeyToAccount(prefixedHex(digits));
  }
  const password = await passwordOf(source, purpose);
  const Wallet = await walletWithFastScrypt();
  try {
    const wallet = await Wallet.fromEncryptedJson(await readFile(source.keystore, "utf8"), password);
    return privateKeyToAccount(prefixedHex(wallet.privateKey.slice(2)));
  } catch (error) {
    throw new InvalidInputError(`The keystore ${source.keystore} cannot be opened.`, {
      metaMessages: [shortMessageOf(error)],
    });
  }
}

/** From its variable, or asked for where somebody sits at a terminal. */
async function passwordOf(source: Extract<KeySource, { keystore: string }>, purpose: string): Promise<string> {
  const isThere = (process.env[source.passwordEnv] ?? "") !== "";
  if (isThere || !process.stdin.isTTY) return takeVariable(source.passwordEnv, `the password of ${purpose}`);
  const { password } = await import("@inquirer/prompts");
  return await password({ message: `Password of ${source.keystore}, ${purpose}`, mask: true });
}

/** Reads an environment variable and takes it out of the environment. Throws `InvalidInputError` when it is empty. */
export function takeVariable(name: string, purpose: string, hint = "Set it for this command."): string {
  const value = process.env[name];
  delete process.env[name];
  if (value !== undefined && value !== "") return value;
  throw new InvalidInputError(`The environment variable ${name} is empty; it should hold ${purpose}.`, {
    metaMessages: [hint],
  });
}

/** No flag names a keystore for the key that holds the stake, only the configuration does. */
function hintFor(purpose: string): string {
  return purpose === operatorKeyPurpose
    ? 'Set it for this command, or name a keystore: "operatorKey": {"keystore": …, "passwordEnv": …} in the configuration.'
    : "Or name a keystore file: --keystore FILE --password-env NAME.";
}
