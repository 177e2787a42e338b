import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../support/realHouse.ts";

/** What each command says and with which code it ends where it cannot do its work: no chain, no node, no file. */

const away = "http://127.0.0.1:9";
const address = (digit: string) => `0x${digit.repeat(40)}`;
const chain = [
  ...["--rpc", away, "--factory", address("1"), "--node-registry", address("2"), "--contest", address("3")],
  ...["--operator-key-env", "TEST_OPERATOR_KEY"],
];
const keys = { COINDROP_NODE_KEY: "11".repeat(32), TEST_OPERATOR_KEY: "22".repeat(32) };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-codes-"));
  await writeFile(join(folder, "node.json"), "{}");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function say(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    const options = { cwd: folder, env: { ...process.env, ...keys } };
    execFile(process.execPath, [join(root, "inference-node/main.ts"), ...args], options, (error, out, err) =>
      done({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });
}

test.concurrent.each<[string, readonly string[], number, string]>([
  ["serve", ["serve"], 1, "This node's configuration is not complete"],
  ["register", ["register", ...chain], 1, "Which address does the world reach this node at?"],
  ["init", ["init", "--yes", "--out", "other.json"], 1, "There is nobody to ask, so flags must say it."],
  ["init over a file", ["init", "--rpc", away, "--contest", address("3")], 1, "node.json is there already."],
  ["doctor", ["doctor", ...chain], 1, ""],
  ["host", ["host", address("4"), "1", ...chain], 1, "No chain answers"],
  ["status", ["status", away], 1, "No node answers at"],
  ["attest", ["attest", away, ...chain], 1, "No node answers at"],
  ["stake", ["stake", ...chain], 1, "No chain answers at"],
  ["stake --add", ["stake", "--add", "1", ...chain], 1, "No chain answers at"],
  ["key new", ["key", "new", "node.json", "--password-env", "TEST_OPERATOR_KEY"], 1, "There is a file at node.json"],
  ["key new without a password", ["key", "new", "new.json"], 1, "COINDROP_KEYSTORE_PASSWORD is empty"],
  ["key add", ["key", "add", ...chain], 1, "No chain answers at"],
  ["endpoint", ["endpoint", "node.example", ...chain], 1, "is no http or https address"],
  ["exit", ["exit", "--yes", ...chain], 1, "No chain answers at"],
  ["collect", ["collect", ...chain], 1, "No chain answers at"],
  ["pull", ["pull", address("3"), "1", ...chain], 2, "No chain answers at"],
  ["pull of nothing", ["pull"], 1, "Which entry?"],
  ["verify", ["verify", "none.gguf", "--manifest", "none.json"], 1, "The manifest none.json cannot be read."],
  ["import", ["import", "Modelfile"], 1, "Modelfile cannot be read"],
  ["export", ["export", "entry.json"], 1, "entry.json cannot be read"],
  ["audit-receipts", ["audit-receipts", "--from", "none", "--model", "none.gguf"], 2, "none cannot be read"],
  ["probe", ["probe", away], 2, "No node answers at"],
  ["ask", ["ask", away, "hello"], 2, "No node answers at"],
])("%s says why it cannot, in JSON too", async (_name, args, code, words) => {
  const said = await say([...args, "--json"]);
  expect({ code: said.code, err: said.err }).toEqual({ code, err: expect.stringContaining(words) });
  const lines = said.out.trim().split("\n");
  expect(lines).toHaveLength(1);
  const outcome = JSON.parse(lines[0] ?? "") as { error?: string };
  if (words !== "") expect(outcome.error).toContain(words);
  expect(said.err).not.toMatch(/\n\s+at .*\.ts:\d+/);
});

test.concurrent.each<[string, readonly string[], number]>([
  ["an unknown command", ["srve"], 1],
  ["a missing argument", ["endpoint"], 1],
  ["an entry that is none", ["host", address("4"), "0"], 1],
  ["an audit's unknown flag", ["probe", away, "--nonsense"], 2],
])("%s is answered with usage and code %#", async (_name, args, code) => {
  const said = await say(args);
  expect(said).toMatchObject({ code, out: "", err: expect.stringMatching(/^error: /) });
});

test.concurrent.each([["stake"], ["doctor"], ["init"], ["probe"]])(
  "%s tells no key that an address holds",
  async (name) => {
    const keyed = "http://hush:hush@127.0.0.1:9/v3/hush?key=hush";
    const args = {
      stake: ["stake", ...chain, "--rpc", keyed],
      doctor: ["doctor", ...chain, "--rpc", keyed],
      init: ["init", "--rpc", keyed, "--contest", address("3"), "--out", "keyed.json"],
      probe: ["probe", keyed],
    }[name];
    for (const more of [[], ["--json"]]) {
      const { out, err } = await say([...(args ?? []), ...more]);
      expect(out + err).toContain("127.0.0.1:9");
      expect(out + err).not.toContain("hush");
    }
  },
);
