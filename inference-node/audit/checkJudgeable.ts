import { InvalidInputError } from "#protocol/errors.ts";
import { bareHex } from "#protocol/hashing.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { identifyModelFile } from "../models/verifyModelFile.ts";

/**
 * Makes sure that an entry can be judged with these adapters. Throws `InvalidInputError` where they are not the entry's,
 * one for one, or where its answers are held to a grammar: an honest node's answers would differ.
 */
export async function checkJudgeable(manifest: Manifest, adapterPaths: readonly string[]): Promise<void> {
  if (manifest.wrapper.responseFormat !== undefined) {
    throw new InvalidInputError("This entry's answers are held to a grammar, which an audit does not know.", {
      metaMessages: ["Its greedy answers are not the likeliest tokens of the model alone."],
    });
  }
  const wanted = manifest.files.filter(({ role }) => role === "adapter");
  const given: string[] = [];
  for (const path of adapterPaths) given.push(bareHex((await identifyModelFile(path)).modelSha256));
  if (given.length === wanted.length && wanted.every(({ sha256 }, index) => sha256 === given[index])) return;
  throw new InvalidInputError("The entry cannot be judged without its own LoRA adapters.", {
    metaMessages: [
      ...(wanted.length === 0 ? ["It has none; leave --adapter out."] : ["Give these with --adapter, in this order:"]),
      ...wanted.map(({ name, sha256 }) => `${name}, SHA-256 ${sha256}`),
      ...given.map((sha256) => `given: ${sha256}`),
    ],
  });
}
