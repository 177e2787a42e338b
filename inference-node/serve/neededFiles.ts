import { bareHex } from "#protocol/hashing.ts";
import type { Manifest, ManifestFile } from "#protocol/manifest.ts";
import type { EntryFacts } from "../models/entryFacts.ts";

type Needed = Pick<ManifestFile, "role" | "name" | "size" | "sha256">;

/** The files that an entry is served with; the model alone where its manifest is not known. Pure. */
export function neededFiles(facts: EntryFacts, manifest: Manifest | null) {
  const files: readonly Needed[] = manifest?.files ?? [];
  const ofRole = (role: ManifestFile["role"]): readonly Needed[] => files.filter((file) => file.role === role);
  const sha256 = bareHex(facts.modelSha256);
  const model: Needed = ofRole("model")[0] ?? { role: "model", name: `${sha256}.gguf`, size: facts.modelSize, sha256 };
  const knowledge = ofRole("knowledge");
  // What finds texts is of no use without any.
  const embedding = knowledge.length === 0 ? null : (ofRole("embedding")[0] ?? null);
  const adapters = ofRole("adapter");
  const all = [model, ...adapters, ...knowledge, ...(embedding === null ? [] : [embedding])];
  return { model, adapters, embedding, all };
}
