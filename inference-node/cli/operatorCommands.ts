import { existsSync } from "node:fs";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { Address } from "viem";
import { addressSchema } from "#protocol/primitives.ts";
import type { ProgramContext } from "./createProgram.ts";
import { explain } from "./explain.ts";
import type { InitFlags } from "./initAnswers.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { configFile, readNodeConfig } from "./nodeConfig.ts";
import type { NodeFlags } from "./nodeOptions.ts";
import { configFlags, withNodeOptions } from "./nodeOptions.ts";
import { amount, whole } from "./numberFlags.ts";
import { onStop } from "./stopSignals.ts";

// Each command loads what it needs when it runs: asking for help should not wait for llama.cpp or a chain's client.
const stakeCommands = () => import("./stakeCommands.ts");
const ownUrlOf = async (config: NodeConfig) => (await import("./ownUrl.ts")).ownUrl(config);

type Flags = NodeFlags & { readonly json?: boolean; readonly yes?: boolean };
/** What an operator says to a node. */
export function addOperatorCommands(program: Command, { stop, logTo, progress }: ProgramContext): void {
  const configOf = (flags: NodeFlags): Promise<NodeConfig> => readNodeConfig(flags.config, configFlags(flags));
  const command = (name: string, description: string, examples: readonly string[], codes?: string): Command =>
    explain(withNodeOptions(program.command(name).description(description)), {
      examples,
      ...(codes !== undefined && { codes }),
    });
  const isYes = async (question: string): Promise<boolean> => {
    if (!process.stdin.isTTY) return false;
    const { confirm } = await import("@inquirer/prompts");
    return await confirm({ message: question, default: false });
  };

  command("init", "write a configuration, and a signing key if wanted; asks what flags do not say", [
    "init",
    "init --yes --rpc https://rpc.example --contest 0xc0de… --new-keystore node-key.json",
  ])
    .option("--out <file>", "where to write it", configFile)
    .option("--force", "replace the file", false)
    .option("--port <n>", "port to listen on", whole(0, 65_535))
    .option("--host <address>", "address to listen on")
    .option("--new-keystore <file>", "make a new signing key in an encrypted keystore, password from --password-env")
    .option("--watts <n>", "power drawn while a model answers; with --price-kwh", amount(0, 1_000_000))
    .option("--price-kwh <n>", "price of a kWh; with --watts", amount(0, 1_000))
    .option(
      "--hardware-price <n>",
      "price of card or machine (0: it is there anyway); with --watts",
      amount(0, 100_000_000),
    )
    .option("--lifetime-years <n>", "years over which that price is spread (3)", amount(0.01, 100))
    .option("--currency <code>", "currency of the prices (USD)")
    .option("--yes", "ask nothing: flags say everything")
    .action(async (flags: Flags & InitFlags & { readonly out: string; readonly force: boolean }) => {
      const { initCommand, refuseExisting } = await import("./initCommand.ts");
      await refuseExisting(flags.out, flags.force);
      const silent = flags.yes === true || flags.json === true || !process.stdin.isTTY;
      const answers = silent
        ? (await import("./initAnswers.ts")).answersOfFlags(flags)
        : await (await import("./initQuestions.ts")).askAnswers(flags);
      await initCommand(answers, flags);
    });

  command(
    "doctor",
    "look at machine, memory, disk, clock, chain, stake and endpoint, and say what to mend",
    ["doctor"],
    "0 nothing has to be mended; 1 something has",
  ).action(async (flags: Flags) => {
    const { doctorCommand } = await import("./doctorCommand.ts");
    process.exitCode = (await doctorCommand(await configOf(flags), flags.json)) ? 0 : 1;
  });

  command("register", "register the node: stake, endpoint, signing key", [
    "register --endpoint https://node.example",
    "register --endpoint https://node.example --stake 200",
  ]).action(async (flags: Flags) => {
    onStop(() => stop.abort(new Error("told to stop")), false);
    const config = await configOf(flags);
    const { registerCommand } = await import("./registerCommand.ts");
    await registerCommand(config, { json: flags.json, signal: stop.signal, logger: logTo(config) });
  });

  const contextOf = (config: NodeConfig, { json }: Flags) => ({
    json,
    logger: logTo(config),
    progress,
    signal: stop.signal,
  });
  command(
    "serve",
    "serve entries of a contest over HTTP",
    ["serve", "serve --config node.json --port 8090"],
    "0 it was told to stop; 1 it could not start, with the reason on standard error",
  )
    .option("--port <n>", "port to listen on; 0 takes a free one", whole(0, 65_535))
    .option("--host <address>", "address to listen on")
    .option("--until-stdin-closes", "stop when standard input ends", false)
    .action(async (flags: Flags & { untilStdinCloses: boolean }) => {
      onStop(() => stop.abort(new Error("told to stop")), flags.untilStdinCloses);
      const config = await configOf(flags);
      const { serveCommand } = await import("./serveCommand.ts");
      await serveCommand(config, contextOf(config, flags));
    });

  command("host", "add an entry to those that are hosted, fetch and verify its model, and serve", ["host 0xc0de… 3"])
    .argument("<contest>", "the contest's address; may be another one than the configured", readContest)
    .argument("<entry>", "the entry's id", readId)
    .option("--port <n>", "port to listen on; 0 takes a free one", whole(0, 65_535))
    .option("--host <address>", "address to listen on")
    .action(async (contest: Address, entryId: number, flags: Flags) => {
      onStop(() => stop.abort(new Error("told to stop")), false);
      const file = flags.config ?? (existsSync(configFile) ? configFile : null);
      const named = { contest, entries: [entryId] };
      const config =
        file === null ? await readNodeConfig(undefined, { ...configFlags(flags), ...named }) : await configOf(flags);
      const { hostCommand } = await import("./hostCommand.ts");
      await hostCommand(config, { contest, entryId, file }, contextOf(config, flags));
    });

  explain(program.command("status").description("say how a running node is, and show its models' cards"), {
    examples: ["status", "status http://127.0.0.1:8090"],
    codes: "0 it is ready; 1 it is not, or does not answer",
  })
    .argument("[url]", "the node's base URL (default: what the configuration listens on)")
    .option("--config <file>", "the node's configuration (node.json where it exists)")
    .action(async (url: string | undefined, flags: { readonly config?: string; readonly json?: boolean }) => {
      const { statusCommand } = await import("./statusCommand.ts");
      const read = readNodeConfig(flags.config, {});
      // Whoever names a node needs no configuration.
      const own = await (url !== undefined && flags.config === undefined ? read.catch(() => null) : read);
      const asked = url ?? (own === null ? "" : await ownUrlOf(own));
      process.exitCode = (await statusCommand(asked, own, flags.json)) ? 0 : 1;
    });

  command("attest", "put on chain now what a running node has signed this hour", ["attest"])
    .argument("[url]", "the node's base URL (default: what the configuration listens on)")
    .action(async (url: string | undefined, flags: Flags) => {
      const config = await configOf(flags);
      const { attestCommand } = await stakeCommands();
      await attestCommand(config, url ?? (await ownUrlOf(config)), flags);
    });

  command("stake", "say what is at stake, or add to it", ["stake", "stake --add 50"])
    .option("--add <coins>", "coins to add, such as 12.5")
    .action(async (flags: Flags & { readonly add?: string }) =>
      (await stakeCommands()).stakeCommand(await configOf(flags), flags),
    );

  const key = program.command("key").description("signing keys");
  explain(key.command("new").description("make a signing key in an encrypted keystore file"), {
    examples: ["key new node-key-2.json", "key new node-key-2.json --password-env MY_PASSWORD"],
  })
    .argument("<file>", "where to; nothing is written over")
    .option("--password-env <name>", "environment variable with the new keystore's password")
    .action(async (file: string, flags: Flags & { readonly passwordEnv?: string }) => {
      const { keyNewCommand } = await import("./keyNewCommand.ts");
      await keyNewCommand(file, flags);
    });
  explain(
    withNodeOptions(
      key.command("add").description("have the registry know the configured signing key, beside older ones"),
    ),
    { examples: ["key add --keystore node-key.json --operator-key-env MY_OPERATOR_KEY"] },
  ).action(async (flags: Flags) => (await stakeCommands()).keyAddCommand(await configOf(flags), flags));

  command("endpoint", "tell the registry where the world reaches this node", ["endpoint https://node.example"])
    .argument("<url>", "base URL")
    .action(async (url: string, flags: Flags) =>
      (await stakeCommands()).endpointCommand(await configOf(flags), url, flags),
    );

  command("exit", "leave: the stake is free seven days later; cannot be taken back", ["exit", "exit --yes"])
    .option("--yes", "send without asking")
    .action(async (flags: Flags) =>
      (await stakeCommands()).exitCommand(await configOf(flags), {
        ...flags,
        sure: async () =>
          flags.yes === true ||
          (await isYes("Leave? The node is inactive from now on, and this cannot be taken back.")),
      }),
    );

  command("collect", "pay out what is owed: credits, and the stake once the node has left", ["collect"]).action(
    async (flags: Flags) => (await stakeCommands()).collectCommand(await configOf(flags), flags),
  );
}

function readContest(text: string): Address {
  const contest = addressSchema.safeParse(text);
  if (!contest.success) throw new InvalidArgumentError("It must be a contest's address, 0x and 40 hex digits.");
  return contest.data;
}

function readId(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It must be an entry's id, such as 3.");
  return Number(text);
}
