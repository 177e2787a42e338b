import { confirm, password } from "@inquirer/prompts";
import { InvalidInputError } from "#protocol/errors.ts";
import { leastPassword } from "./createKeystore.ts";

/** Asks at the terminal for a new keystore's password, twice. Throws `InvalidInputError` where it is given up. */
export async function askNewPassword(): Promise<string> {
  for (;;) {
    const first = await password({
      message: `Password, ${leastPassword} characters or more`,
      mask: true,
      validate: (text) => text.length >= leastPassword || "too short",
    });
    if (first === (await password({ message: "Once more", mask: true }))) return first;
    if (!(await confirm({ message: "The two differ. Try again?" })))
      throw new InvalidInputError("No keystore was made.");
  }
}
