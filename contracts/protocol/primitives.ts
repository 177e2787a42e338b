import type { Address, Hex } from "viem";
import { z } from "zod";

/** 20 bytes as lower-case hex. Accepts any case; EIP-55 checksums are not required at our boundaries. */
export const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "expected an address: 0x and 40 hex digits")
  .transform((value) => value.toLowerCase() as Address);

/** 32 bytes as lower-case hex with 0x. */
export const bytes32Schema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "expected 32 bytes: 0x and 64 hex digits")
  .transform((value) => value.toLowerCase() as Hex);

/** SHA-256 as 64 lower-case hex digits without 0x, as Hugging Face and Ollama write it. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256: 64 lower-case hex digits");

/** Non-negative integer as decimal string: amounts in wei, weights, scores in weight-seconds. */
export const amountSchema = z.string().regex(/^(0|[1-9][0-9]{0,77})$/, "expected a whole number in decimal digits");

/** Any bytes as hex. */
export const hexSchema = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/, "expected hex bytes: 0x and an even number of hex digits")
  .transform((value) => value.toLowerCase() as Hex);

/** Seconds since 1970. */
export const secondsSchema = z.int().nonnegative();

/** A block by number, hash and timestamp. */
export const blockSchema = z.object({ number: z.int().nonnegative(), hash: bytes32Schema, timestamp: secondsSchema });
