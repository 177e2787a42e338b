/** An auditor should need nothing but contracts/interfaces: what its prose must have, and that a gap is seen. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../../scripts/tool/root.ts";

const sourceOf = (file: string): string => readFileSync(join(root, file), "utf8");
const files = globSync("contracts/interfaces/*.sol", { cwd: root });
/** Interfaces of others' contracts that this house calls and that emit nothing here: their promises are not ours. */
const FOREIGN = ["IDisputeTemplateRegistry", "IProofOfHumanity"];

test("every event makes numbered promises to its readers", () => {
  expect(files.flatMap((file) => silentEvents(sourceOf(file)))).toEqual([]);
});

test("every function, event, error and struct says what it is", () => {
  expect(files.flatMap((file) => bareDeclarations(sourceOf(file)))).toEqual([]);
});

test("every interface of ours tells safety from liveness", () => {
  const ours = files.filter((file) => !FOREIGN.some((name) => file.endsWith(`${name}.sol`)));
  expect(ours.filter((file) => !/Safety/.test(sourceOf(file)) || !/[Ll]iveness/.test(sourceOf(file)))).toEqual([]);
});

test("every EIP-712 type that a contract hashes is written out", () => {
  const prose = files.map((file) => sourceOf(file).replace(/\n\s*\/\/\/ ?/g, "")).join();
  const types = globSync("contracts/**/*.sol", { cwd: root })
    .flatMap((file) => [...sourceOf(file).matchAll(/keccak256\(\s*"(\w+\([^"]+\))"\s*\)/g)])
    .map(([, type]) => type ?? "");
  expect(types).toHaveLength(6);
  expect(types.filter((type) => !prose.includes(type))).toEqual([]);
});

test("every error that a contract or library throws is declared in an interface", () => {
  const strays = globSync("contracts/{contest,nodes,personhood,arbitration,libraries}/**/*.sol", { cwd: root }).filter(
    (file) => /^\s*(error|event) \w+\(/m.test(sourceOf(file)),
  );
  expect(strays).toEqual([]);
});

describe("a planted gap is seen", () => {
  test.each([
    ["no promise", "    /// @notice It happened.\n    event Plant(uint256 id);"],
    ["a list without numbers", "    /// @dev Promises to readers: it is true.\n    event Plant(uint256 id);"],
    ["a number left out", "    /// @dev Promises to readers: 1. once; 3. for ever.\n    event Plant(uint256 id);"],
    ["the promises of another event", "    /// @dev Promises to readers: 1. once.\n    event A();\n    event Plant();"],
  ])("%s", (_, text) => {
    expect(silentEvents(text)).toEqual(["Plant"]);
  });

  test("an event that keeps to it is let through", () => {
    expect(silentEvents("/// @dev Promises to readers:\n/// 1. Once.\n/// 2. For ever.\nevent Plant();")).toEqual([]);
  });

  test("a declaration without a word", () => {
    expect(bareDeclarations("    /// @notice Said.\n    error A();\n    error Plant(uint256 id);")).toEqual(["Plant"]);
  });
});

/** Events whose own comment holds no promises numbered 1, 2, 3 … */
function silentEvents(source: string): readonly string[] {
  return declarations(source, "event")
    .filter(({ comment }) => {
      const promises = comment.split("Promises to readers")[1]?.split("@param")[0] ?? "";
      const numbers = [...promises.matchAll(/(?:\/\/\/|[:;]) (\d)\. /g)].map(([, digit]) => Number(digit));
      return numbers.length === 0 || numbers.some((number, index) => number !== index + 1);
    })
    .map(({ name }) => name);
}

function bareDeclarations(source: string): readonly string[] {
  return declarations(source, "event|error|function|struct|enum|interface")
    .filter(({ comment }) => !/@notice|@inheritdoc/.test(comment))
    .map(({ name }) => name);
}

function declarations(source: string, kinds: string): readonly { readonly name: string; readonly comment: string }[] {
  const pattern = new RegExp(`((?:^[ \\t]*///.*\\n)*)^[ \\t]*(?:${kinds}) (\\w+)`, "gm");
  return [...source.matchAll(pattern)].map(([, comment = "", name = ""]) => ({ name, comment }));
}
