import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { answersOfFlags } from "../../../inference-node/cli/initQuestions.ts";
import { addOperatorCommands } from "../../../inference-node/cli/operatorCommands.ts";

function helpOf(...path: string[]): string {
  const program = new Command("npm run node --");
  addOperatorCommands(program, { stop: new AbortController(), logTo: () => expect.unreachable() });
  let text = "";
  const hear = (piece: string): void => {
    text += piece;
  };
  const found = path.reduce<Command | undefined>(
    (at, name) => at?.commands.find((one) => one.name() === name),
    program,
  );
  found?.configureOutput({ writeOut: hear }).outputHelp();
  return text;
}

describe("each of an operator's commands", () => {
  test.each([
    ["init"],
    ["doctor"],
    ["host"],
    ["status"],
    ["attest"],
    ["stake"],
    ["key", "add"],
    ["endpoint"],
    ["exit"],
    ["collect"],
  ])("%s %s has help with an example, --json and its exit codes", (...path) => {
    const help = helpOf(...path.filter((name) => name !== undefined));
    expect(help).toContain(`Usage: npm run node -- ${path.join(" ")} [options]`);
    expect(help).toContain(`Example:\n  npm run node -- ${path.join(" ")}`);
    expect(help).toContain("--json");
    expect(help).toMatch(/Exit code: 0 /);
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
    [{ watts: -1 }, "The costs are not valid."],
    [{ watts: 1, currency: "euros" }, "The costs are not valid."],
    [{ newKeystore: "k.json", passwordEnv: "COINDROP_NO_SUCH" }, "COINDROP_NO_SUCH is empty"],
  ])("refuses %j", (flags, reason) => {
    const whole = { rpc: "http://127.0.0.1:1", contest: "0x00000000000000000000000000000000000c0de5" };
    expect(() => answersOfFlags({ ...whole, ...flags })).toThrow(reason);
  });
});
