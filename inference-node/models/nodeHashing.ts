import { createHash, hash } from "node:crypto";
import type { Hashing } from "#protocol/hashing.ts";

/** Node's own SHA-256, in the form in which the law's code asks for it. */
export const nodeHashing: Hashing = {
  sha256: (data) => hash("sha256", data, "buffer"),
  createSha256: () => {
    const running = createHash("sha256");
    return { update: (data) => void running.update(data), digest: () => running.digest() };
  },
};
