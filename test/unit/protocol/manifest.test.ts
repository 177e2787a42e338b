import { expect, test } from "vitest";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { InvalidInputError } from "#protocol/errors.ts";
import { type Manifest, manifestHash, modelFile, parseManifest } from "#protocol/manifest.ts";
import { nodeHashing } from "../../../inference-node/models/nodeHashing.ts";

const file = {
  role: "model" as const,
  name: "tiny.gguf",
  size: 1_000,
  sha256: "1".repeat(64),
  piecesRoot: "2".repeat(64),
  pieceLength: 1_048_576,
  pieceLayer: ["2".repeat(64)],
  urls: [],
};

const manifest: Manifest = {
  version: 1,
  name: "tiny",
  tagline: "Says little.",
  description: "It **hardly** says anything.\n\nReally.",
  category: "other",
  team: "One person",
  funding: "None",
  parameters: 1_000,
  quantization: "Q8_0",
  contextLength: 512,
  license: "CC0-1.0",
  wrapper: { systemPrompt: "", fewShot: [], sampling: { temperature: 0 }, starters: ["Hello"] },
  files: [file],
};

const refusal = (value: unknown): string => {
  try {
    parseManifest(value);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.metaMessages.join("\n");
    throw error;
  }
  return "accepted";
};

test("a whole manifest is accepted and its model found", () => {
  expect(parseManifest(manifest)).toEqual(manifest);
  expect(modelFile(manifest).name).toBe("tiny.gguf");
});

test.each([
  ["an unknown field", { ...manifest, owner: "me" }, "owner"],
  ["no model", { ...manifest, files: [{ ...file, role: "knowledge" }] }, "files"],
  ["two models", { ...manifest, files: [file, file] }, "files"],
  ["a path as a file name", { ...manifest, files: [{ ...file, name: "../evil.gguf" }] }, "files.0.name"],
  ["a file: address", { ...manifest, files: [{ ...file, urls: ["file:///etc/passwd"] }] }, "files.0.urls.0"],
  [
    "a script address",
    { ...manifest, wrapper: { ...manifest.wrapper, gradioUrl: "javascript:alert(1)" } },
    "wrapper.gradioUrl",
  ],
  ["a hash in capitals", { ...manifest, files: [{ ...file, sha256: "A".repeat(64) }] }, "files.0.sha256"],
  ["text that turns the reading direction", { ...manifest, name: "tiny\u202egnp" }, "name"],
  ["a terminal escape", { ...manifest, tagline: "\u001b[31mred" }, "tagline"],
  ["a licence that is no SPDX expression", { ...manifest, license: "do what you want!" }, "license"],
  ["no parameters", { ...manifest, parameters: 0 }, "parameters"],
  [
    "a temperature that is no number",
    { ...manifest, wrapper: { ...manifest.wrapper, sampling: { temperature: Number.NaN } } },
    "wrapper.sampling.temperature",
  ],
])("%s is refused and the field is named", (_, value, field) => {
  expect(refusal(value)).toContain(field);
});

test("canonical JSON sorts keys, writes numbers shortest and leaves no space", () => {
  // The example of RFC 8785, section 3.2.2.
  const value = {
    numbers: [JSON.parse("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    literals: [null, true, false],
  };
  expect(new TextDecoder().decode(canonicalBytes(value))).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
  );
});

test("the manifest hash does not depend on the order of its fields", () => {
  const reversed = Object.fromEntries(Object.entries(manifest).reverse());
  expect(manifestHash(parseManifest(reversed), nodeHashing.sha256)).toBe(manifestHash(manifest, nodeHashing.sha256));
  expect(manifestHash({ ...manifest, name: "tinier" }, nodeHashing.sha256)).not.toBe(
    manifestHash(manifest, nodeHashing.sha256),
  );
});
