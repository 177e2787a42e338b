import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { createProgram } from "../../../inference-node/cli/createProgram.ts";
import { withEntry } from "../../../inference-node/cli/hostCommand.ts";
import { answersOfFlags } from "../../../inference-node/cli/initAnswers.ts";
import { readNodeConfig } from "../../../inference-node/cli/nodeConfig.ts";
import { configFlags } from "../../../inference-node/cli/nodeOptions.ts";

const known = [
  ...["serve", "register", "init", "doctor", "host", "status", "attest", "stake", "key new", "key add", "endpoint"],
  ...["exit", "collect", "pull", "verify", "import", "export", "audit-receipts", "probe", "ask"],
];

const open = () =>
  createProgram({
    stop: new AbortController(),
    logTo: () => expect.unreachable(),
    progress: () => expect.unreachable(),
  });

/** Each command that does something, by what is typed for it. */
function commandsOf(at: Command, path: readonly string[] = []): Map<string, Command> {
  const below = at.commands.flatMap((one) => [...commandsOf(one, [...path, one.name()])]);
  return new Map(at.commands.length === 0 ? [[path.join(" "), at]] : below);
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
  return text;
}

test("the table names every command", () => {
  expect([...commandsOf(open()).keys()].toSorted()).toEqual(known.toSorted());
});

describe.each(known)("%s", (path) => {
  test("has help with an example, --json and its exit codes", () => {
    const command = commandsOf(open()).get(path);
    const help = command === undefined ? "" : helpOf(command);
    expect(help).toContain(`Usage: npm run node -- ${path} [options]`);
    expect(help).toContain(`Example:\n  npm run node -- ${path}`);
    expect(help).toContain("--json");
    expect(help).toMatch(/Exit code: 0 .*; [12] /);
  });

  test("understands the examples of its help", async () => {
    const shown = helpOf(commandsOf(open()).get(path) ?? expect.unreachable());
    const examples = [...shown.matchAll(/^ {2}npm run node -- (.*)$/gm)].map(([, line]) => line ?? "");
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      const program = open();
      const words = [...example.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
      const ran: string[] = [];
      for (const one of commandsOf(program).values()) {
        one.exitOverride().configureOutput({ writeErr: (text) => expect.unreachable(text) });
        one.action(() => void ran.push(example));
      }
      // An address that is cut short for reading.
      const whole = words.map((word) => (word === "0xc0de…" ? `0x${"c0de".repeat(10)}` : word));
      await program.exitOverride().parseAsync(whole, { from: "user" });
      expect(ran).toEqual([example]);
    }
  });
});

describe("hosting one more entry", () => {
  const [one, other] = [`0x${"1".repeat(40)}`, `0x${"2".repeat(40)}`] as const;
  test.each([
    ["joins its contest's", [1], [], one, { entries: [1, 3], also: [] }],
    ["changes nothing that is there", [3], [], one, { entries: [3], also: [] }],
    ["changes nothing where all are hosted", "all", [], one, { entries: "all", also: [] }],
    ["brings its contest", [1], [], other, { entries: [1], also: [{ contest: other, entries: [3] }] }],
    ["joins another contest's", [1], [2], other, { entries: [1], also: [{ contest: other, entries: [2, 3] }] }],
  ] as const)("%s", (_what, entries, others, contest, expected) => {
    const own = entries === "all" ? entries : [...entries];
    const also = others.length === 0 ? [] : [{ contest: other, entries: [...others] }];
    expect(withEntry({ contest: one, entries: own, also }, { contest, entryId: 3 })).toEqual(expected);
  });
});

describe("init without a terminal", () => {
  test("says which flags are missing", () => {
    expect(() => answersOfFlags({})).toThrow(/--rpc URL\n.*--contest 0x…/);
  });

  test.each([
    [{ contest: "0x12" }, '--contest "0x12" is not valid'],
    [{ rpc: "ftp://a" }, '--rpc "ftp://a" is not valid'],
    [{ endpoint: "nowhere" }, '--endpoint "nowhere" is not valid'],
    [{ watts: -1, priceKwh: 0.3 }, "The costs are not valid."],
    [{ watts: 1, priceKwh: 0.3, currency: "euros" }, "The costs are not valid."],
    [{ newKeystore: "k.json", passwordEnv: "COINDROP_NO_SUCH" }, "COINDROP_NO_SUCH is empty"],
  ])("refuses %j", (flags, reason) => {
    const whole = { rpc: "http://127.0.0.1:1", contest: "0x00000000000000000000000000000000000c0de5" };
    expect(() => answersOfFlags({ ...whole, ...flags })).toThrow(reason);
  });
});

describe("half of a certificate", () => {
  test.each([
    [{ tlsCert: "cert.pem" }, "--tls-cert stands alone; --tls-key is missing."],
    [{ tlsKey: "key.pem" }, "--tls-key stands alone; --tls-cert is missing."],
  ])("by flags is refused: %o", (flags, reason) => {
    expect(() => configFlags(flags)).toThrow(reason);
    expect(() => answersOfFlags({ rpc: "http://rpc", contest: `0x${"1".repeat(40)}`, ...flags })).toThrow(reason);
  });

  test.each(["cert", "key"])(
    "by a configuration with %s alone is refused, by the missing field's name",
    async (half) => {
      const folder = await mkdtemp(join(tmpdir(), "coindrop-half-"));
      try {
        await writeFile(join(folder, "node.json"), JSON.stringify({ tls: { [half]: "one.pem" } }));
        const missing = half === "cert" ? "tls.key" : "tls.cert";
        await expect(readNodeConfig(join(folder, "node.json"), {})).rejects.toThrow(missing);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});

describe("a flag's number", () => {
  test.each([
    ["serve", "--threads", "many"],
    ["serve", "--threads", "-1"],
    ["serve", "--threads", "1.5"],
    ["serve", "--port", "70000"],
    ["serve", "--memory", ""],
    ["serve", "--serve-rate", "0"],
    ["init", "--watts", "NaN"],
    ["init", "--price-kwh", "-0.1"],
    ["init", "--lifetime-years", "0"],
    ["probe", "--requests", "-5"],
    ["probe", "--requests", "some"],
    ["audit-receipts", "--threads", "0"],
    ["audit-receipts", "--chain-id", "one"],
  ])("that is none is refused: %s %s %j", async (name, flag, value) => {
    const program = open();
    const command = commandsOf(program).get(name) ?? expect.unreachable();
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    const required = name === "audit-receipts" ? ["--from", "a", "--model", "b"] : name === "probe" ? ["http://n"] : [];
    await expect(
      program.exitOverride().parseAsync([name, ...required, `${flag}=${value}`], { from: "user" }),
    ).rejects.toMatchObject({ code: "commander.invalidArgument", message: expect.stringContaining("It must be a") });
  });
});

describe("costs of which half is said", () => {
  const whole = { rpc: "http://rpc", contest: `0x${"1".repeat(40)}` };
  test.each([
    [{ hardwarePrice: 1_600 }, "--watts, --price-kwh"],
    [{ watts: 300 }, "--price-kwh"],
    [{ priceKwh: 0.3, currency: "EUR" }, "--watts"],
    [{ lifetimeYears: 4, watts: 300 }, "--price-kwh"],
  ])("are refused: %o", (flags, missing) => {
    expect(() => answersOfFlags({ ...whole, ...flags })).toThrow(`missing: ${missing}\n`);
  });

  test("and whole are taken", () => {
    const { costs } = answersOfFlags({ ...whole, watts: 300, priceKwh: 0.3, hardwarePrice: 1_600 });
    expect(costs).toEqual({ watts: 300, pricePerKwh: 0.3, hardwarePrice: 1_600, lifetimeYears: 3, currency: "USD" });
  });
});
