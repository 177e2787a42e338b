import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Address } from "viem";
import { InvalidInputError } from "#protocol/errors.ts";
import { walletWithFastScrypt } from "./walletWithFastScrypt.ts";

/** Shortest password that is taken. */
export const leastPassword = 8;

/**
 * Makes a new signing key and writes it to an encrypted keystore file that only its owner may read. The key is shown to
 * nobody. Returns its address. Throws `InvalidInputError` when the file exists. Source: Web3 Secret Storage, version 3.
 */
export async function createKeystore(file: string, password: string): Promise<Address> {
  if (password.length < leastPassword)
    throw new InvalidInputError(`A keystore's password has at least ${leastPassword} characters.`);
  const Wallet = await walletWithFastScrypt();
  const wallet = Wallet.createRandom();
  const text = await wallet.encrypt(password);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, `${text}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
    throw new InvalidInputError(`There is a file at ${file} already; a key is never written over.`, {
      metaMessages: ["Use it with --keystore, or name another file."],
    });
  }
  return wallet.address as Address;
}
