import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import type { Attestation, Receipt } from "#protocol/typedData.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { entryKey } from "../../../inference-node/models/entryFacts.ts";
import { createSigner } from "../../../inference-node/sign/createSigner.ts";
import { guardSigner } from "../../../inference-node/sign/guardSigner.ts";
import { createMemoryJournal } from "../../../inference-node/state/journal.ts";
import { entry } from "../../support/entryFacts.ts";

function setUp() {
  const account = privateKeyToAccount(generatePrivateKey());
  const chain = new Map<string, EntryFacts>([[entryKey(entry(1)), entry(1)]]);
  const files = new Map([[entryKey(entry(1)), "/models/a.gguf"]]);
  const journal = createMemoryJournal();
  const read = { fresh: true };
  const signer = guardSigner(
    createSigner({ account, node: account.address, chainId: 31_337, registry: account.address }),
    { journal, finalised: (id) => chain.get(id), isFresh: () => read.fresh, fileOf: (id) => files.get(id) },
  );
  const { contest, manifestHash, modelRoot, modelSha256 } = entry(1);
  const zero = `0x${"00".repeat(32)}` as const;
  const about = { node: account.address, contest, entryId: 1n, manifestHash, modelRoot, epoch: 1_000n };
  const attestation: Attestation = { ...about, modelSha256, engine: zero };
  const receipt: Receipt = {
    ...about,
    client: account.address,
    nonce: 1n,
    requestHash: zero,
    responseHash: zero,
    paramsHash: zero,
    seed: 1n,
    promptTokens: 1,
    outputTokens: 1,
    firstTokenMs: 1,
    totalMs: 1,
  };
  return { signer, read, chain, files, journal, attestation, receipt };
}
const other = `0x${"0f".repeat(32)}` as const;

test("what a finalised block says about a served entry is signed, and written down first", async () => {
  const { signer, journal, attestation, receipt } = setUp();
  await signer.signReceipt(receipt);
  expect(journal.said()).toEqual([expect.objectContaining({ entryId: 1, epoch: null })]);
  await signer.signAttestation(attestation);
  expect(journal.said()).toEqual([expect.objectContaining({ entryId: 1, epoch: 1_000, path: "/models/a.gguf" })]);
});

test.each(["manifestHash", "modelRoot", "modelSha256", "contest", "entryId"] as const)(
  "an attestation with another %s than the finalised block's is not",
  async (name) => {
    const { signer, journal, attestation } = setUp();
    const value = name === "entryId" ? 2n : name === "contest" ? "0x00000000000000000000000000000000000c0de6" : other;
    await expect(signer.signAttestation({ ...attestation, [name]: value })).rejects.toThrow("newest finalised block");
    expect(journal.said()).toEqual([]);
  },
);

test("nothing is attested by what is remembered from before the start; receipts are given", async () => {
  const { signer, read, attestation, receipt, journal } = setUp();
  read.fresh = false;
  await expect(signer.signAttestation(attestation)).rejects.toThrow("was not read since this node started");
  expect(journal.said()).toEqual([]);
  await signer.signReceipt(receipt);
  read.fresh = true;
  await signer.signAttestation(attestation);
});

test.each(["manifestHash", "modelRoot"] as const)("a receipt with another %s is not", async (name) => {
  const { signer, receipt } = setUp();
  await expect(signer.signReceipt({ ...receipt, [name]: other })).rejects.toThrow("newest finalised block");
});

test("nothing is signed about an entry whose file is not served", async () => {
  const { signer, files, attestation, receipt } = setUp();
  files.clear();
  await expect(signer.signAttestation(attestation)).rejects.toThrow("no verified file");
  await expect(signer.signReceipt(receipt)).rejects.toThrow("no verified file");
});

test("nothing is signed that contradicts what was signed before, even when the chain says so now", async () => {
  const { signer, chain, attestation, receipt } = setUp();
  await signer.signAttestation(attestation);
  chain.set(entryKey(entry(1)), { ...entry(1), modelRoot: other });
  await expect(signer.signAttestation({ ...attestation, modelRoot: other })).rejects.toThrow("something else");
  await expect(signer.signReceipt({ ...receipt, modelRoot: other })).rejects.toThrow("something else");
});
