import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { receiptFile } from "../../../app/entry/receiptFile.ts";
import { poolAnswers, verdictOf } from "../../../inference-node/audit/auditVerdict.ts";
import { checkReceipt } from "../../../inference-node/audit/checkReceipt.ts";
import { ordinaryQuestion } from "../../../inference-node/audit/ordinaryQuestions.ts";
import { readBundles } from "../../../inference-node/audit/readBundles.ts";
import type { SavedBundle } from "../../../inference-node/audit/savedBundle.ts";
import { signedBundle } from "../../support/signedBundle.ts";

const account = privateKeyToAccount(generatePrivateKey());
const law = { chainId: 31_337, registry: `0x${"0e".repeat(20)}` } as const;
const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const entry = {
  contest: `0x${"0c".repeat(20)}`,
  entryId: 3,
  manifestHash: hash("1"),
  modelSha256: hash("2"),
  modelRoot: hash("3"),
  modelSize: 10,
  manifestURI: "https://example.org/entry.json",
} as const;
let folder: string;
let bundle: SavedBundle;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-bundles-"));
  bundle = await signedBundle(entry, account, {
    promptTokens: [1, 2],
    outputTokens: [3, 4, 5],
    llamaCpp: "b1",
    variant: "cpu x64",
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const answers = (node: string, exact: boolean, tokens: number, mismatches: number) => ({
  node,
  exact,
  tokens,
  mismatches,
});
const verdict = (...all: ReturnType<typeof answers>[]) => verdictOf(poolAnswers(all), 0);

describe("the verdict", () => {
  test("takes no mismatch where the bits must be the same", () => {
    expect(verdict(answers("a", true, 2_000, 0))).toBe("holds");
    expect(verdict(answers("a", true, 2_000, 1))).toBe("does not hold");
  });
  test("says nothing of a match over less than 512 tokens, and does of a single mismatch", () => {
    expect(verdict(answers("a", true, 511, 0))).toBe("not enough");
    expect(verdict(answers("a", true, 512, 0))).toBe("holds");
    expect(verdict(answers("a", true, 1, 1))).toBe("does not hold");
  });
  test("takes 3.5 % of 1,024 tokens or more where they may differ", () => {
    expect(verdict(answers("a", false, 1_000, 35), answers("a", false, 1_000, 35))).toBe("holds");
    expect(verdict(answers("a", false, 1_000, 35), answers("a", false, 1_000, 36))).toBe("does not hold");
    expect(verdict(answers("a", false, 1_023, 0))).toBe("not enough");
    expect(verdict(answers("a", false, 1_024, 0))).toBe("holds");
  });
  test("does not thin out one node's mismatches with another's matches", () => {
    expect(verdict(answers("a", false, 90_000, 0), answers("b", false, 2_000, 100))).toBe("does not hold");
  });
  test("is not enough as long as one pool is, and never holds with a failing receipt", () => {
    expect(verdict(answers("a", true, 5_000, 0), answers("a", false, 50, 0))).toBe("not enough");
    expect(verdict()).toBe("not enough");
    expect(verdictOf(poolAnswers([answers("a", true, 5_000, 0)]), 1)).toBe("does not hold");
  });
});

describe("a saved receipt", () => {
  test("holds with its tokens, salt and sampling, and names who signed", async () => {
    expect(await checkReceipt(bundle, law)).toEqual({ key: account.address.toLowerCase(), faults: [] });
  });
  test.each([
    ["requestHash", { promptTokens: [1, 3] }],
    ["responseHash", { outputTokens: [3, 4, 6] }],
    ["requestHash", { salt: `0x${"00".repeat(16)}` }],
    ["paramsHash", { params: { temperature: 0 } }],
    ["signature", { signature: "0x1234" }],
  ] as const)("fails by its %s once something was changed", async (what, change) => {
    const { faults } = await checkReceipt({ ...bundle, ...change } as SavedBundle, law);
    expect(faults.join()).toContain(what);
  });
  test("fails where the registry knows the key as another's, or not at all", async () => {
    for (const owner of [null, `0x${"0a".repeat(20)}`] as const) {
      const { faults } = await checkReceipt(bundle, { ...law, nodeOfKey: async () => owner });
      expect(faults).toEqual(["key: not one of the node's in the registry"]);
    }
    expect((await checkReceipt(bundle, { ...law, nodeOfKey: async () => account.address })).faults).toEqual([]);
  });
});

describe("bundles", () => {
  test("are read one a line, and as the page saves them", async () => {
    const { name, href } = receiptFile({ chainId: law.chainId, nodeRegistry: law.registry }, bundle);
    await writeFile(join(folder, name), decodeURIComponent(href.slice(href.indexOf(",") + 1)));
    await writeFile(join(folder, "a.jsonl"), `${JSON.stringify(bundle)}\n${JSON.stringify(bundle)}\n`);
    const read = await readBundles(folder);
    expect(read.map(({ where }) => where)).toEqual([
      join(folder, "a.jsonl:1"),
      join(folder, "a.jsonl:2"),
      join(folder, name),
    ]);
    for (const one of read) expect(one.bundle).toEqual(bundle);
  });
  test("are refused as a whole where one is none, with its place", async () => {
    const file = join(folder, "bad.jsonl");
    await writeFile(file, `${JSON.stringify(bundle)}\n{"receipt": 1}\n`);
    await expect(readBundles(file)).rejects.toThrow(`${file}:2 is no bundle.`);
    await rm(file);
    await expect(readBundles(join(folder, "missing"))).rejects.toThrow("cannot be read");
  });
});

test("questions of a probe are whole and hardly ever the same", () => {
  const asked = Array.from({ length: 200 }, () => ordinaryQuestion((below) => Math.floor(Math.random() * below)));
  expect(asked.join()).not.toMatch(/[{}]/);
  expect(new Set(asked).size).toBeGreaterThan(100);
});
