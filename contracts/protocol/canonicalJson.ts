import canonicalize from "canonicalize";
import { InvalidInputError } from "./errors.ts";

const encoder = new TextEncoder();

/**
 * Encodes a JSON value in canonical form. Returns UTF-8 bytes. Throws `InvalidInputError` for what JSON cannot hold.
 * Source: RFC 8785.
 */
export function canonicalBytes(value: unknown): Uint8Array<ArrayBuffer> {
  const text = canonicalize(value);
  if (text === undefined) throw new InvalidInputError("This value has no canonical JSON form.");
  return encoder.encode(text);
}
