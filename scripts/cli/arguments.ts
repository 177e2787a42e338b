import { InvalidArgumentError } from "commander";
import type { Address, Hex } from "viem";

/** Parsers of flags; commander turns what they throw into a sentence that names the flag. */
export function webUrlOption(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError("It must be an http or https address.");
  return text;
}

export function addressOption(text: string): Address {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new InvalidArgumentError("It must be an address: 0x and 40 hex digits.");
  return text as Address;
}

export function bytes32Option(text: string): Hex {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError("It must be 32 bytes: 0x and 64 hex digits.");
  return text as Hex;
}

export function wholeNumberOption(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
