import { createKeystore } from "./createKeystore.ts";
import { defaults } from "./initAnswers.ts";
import { takeVariable } from "./readKey.ts";
import { say } from "./say.ts";

type KeyNewFlags = { readonly passwordEnv?: string; readonly json?: boolean };

/** Makes a new signing key in an encrypted keystore at `file`; its password comes from the environment or a terminal. */
export async function keyNewCommand(file: string, { passwordEnv = defaults.passwordEnv, json }: KeyNewFlags) {
  const isThere = (process.env[passwordEnv] ?? "") !== "";
  const askPassword = async () => (await import("./askNewPassword.ts")).askNewPassword();
  const password =
    isThere || !process.stdin.isTTY ? takeVariable(passwordEnv, "the new keystore's password") : await askPassword();
  const key = await createKeystore(file, password);
  say(json, { key, keystore: file }, [
    `the new signing key is ${key}, in ${file}`,
    `Name it in the configuration, "key": {"keystore": "${file}", "passwordEnv": "${passwordEnv}"}, or with --keystore.`,
    "The registry must know it before anything that it signs counts: register, or key add.",
  ]);
}
