import { createHash, hash } from "node:crypto";
import type { Hashing } from "#protocol/hashing.ts";

/** SHA-256 of node:crypto in the shape that the protocol asks for. */
export const nodeHashing: Hashing = {
  sha256: (data) => hash("sha256", data, "buffer"),
  createSha256: () => {
    const whole = createHash("sha256");
    return { update: (data) => void whole.update(data), digest: () => whole.digest() };
  },
};
