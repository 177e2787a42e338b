import { expect, test } from "vitest";
import * as abis from "#protocol/abi.ts";
import * as personhoodAbis from "#protocol/personhoodAbi.ts";
import { errorWords, knownErrors } from "../../../app/transactions/errorWords.ts";
import { words } from "../../../app/words/words.ts";

const errors = Object.values({ ...abis, ...personhoodAbis })
  .flat()
  .filter((item) => item.type === "error");

test("every custom error of the contracts has words of its own", () => {
  const missing = [...new Set(errors.map(({ name }) => name))].filter((name) => !knownErrors().includes(name));
  expect(missing).toEqual([]);
  expect(errors.length).toBeGreaterThan(40);
});

test("no words are kept for errors that no contract knows", () => {
  const names = new Set<string>(errors.map(({ name }) => name));
  expect(knownErrors().filter((name) => !names.has(name))).toEqual([]);
});

test("every sentence stands with the arguments that its error carries", () => {
  for (const { name, inputs } of errors) {
    const args = inputs.map(({ type }) =>
      type.startsWith("uint") ? (type === "uint8" ? 1 : 7n) : type === "string" ? "split" : `0x${"11".repeat(20)}`,
    );
    const sentence = errorWords(name, args, { amount: (wei) => `${wei} wei` });
    expect(sentence, name).toMatch(/^[A-Z].*[.]$/);
    expect(sentence, name).not.toMatch(/undefined|NaN|\[object/);
  }
});

test("amounts are written in the coin, not in wei", () => {
  const sentence = errorWords("Ballots_Insufficient", [5n, 9n], { amount: (wei) => `${wei}.00 DROP` });
  expect(sentence).toContain("5.00 DROP");
  expect(sentence).toContain("9.00 DROP");
});

test("a hash that is missing is named", () => {
  const [none, some] = [`0x${"00".repeat(32)}`, `0x${"00".repeat(31)}01`];
  expect(errorWords("Entries_Incomplete", [some, none, some])).toBe(
    "A hash is missing: the model's SHA-256. Submit the entry again with all three.",
  );
  expect(errorWords("Entries_Incomplete", [none, some, none])).toContain(
    "missing: the manifest's, the model's pieces root.",
  );
});

test("an unknown error is admitted", () => {
  expect(errorWords("Nobody_Knows", [])).toBe(words.errors.unknown);
});
