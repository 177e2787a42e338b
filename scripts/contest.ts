/** For organisers: `npm run contest -- create <rules file>`. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import type { Address, Hex } from "viem";
import { keccak256 } from "viem";
import { contestFactoryAbi } from "#protocol/abi.ts";
import { InvalidInputError } from "#protocol/errors.ts";
import { addressOption, bytes32Option, webUrlOption } from "./cli/arguments.ts";
import { connect, factoryOf, feeInWords, readToken } from "./cli/connect.ts";
import { rows } from "./cli/inWords.ts";
import { askToSend, EXIT_HELP, runCommand } from "./cli/runCommand.ts";
import { describeRules } from "./contest/describeRules.ts";
import { makeRules } from "./contest/makeRules.ts";
import { parseRulesFile } from "./contest/rulesFile.ts";
import { asArguments, createContest, createContestData } from "./deploy.ts";
import { describeRevert } from "./describeRevert.ts";
import { devAccounts } from "./start/localChain.ts";

type CreateOptions = {
  readonly rpc?: string;
  readonly factory?: Address;
  readonly salt: Hex;
  readonly keyEnv?: string;
  readonly keystore?: string;
  readonly yes?: true;
  readonly json?: true;
};

const NO_SALT: Hex = `0x${"0".repeat(64)}`;

const program = new Command("npm run contest --").description("For organisers.");
program
  .command("create")
  .description("create the contest that a rules file describes (scripts/examples/contest.json is one)")
  .argument("<rules file>", "JSON with the rules")
  .option("--rpc <url>", "RPC endpoint (default: the demo that runs in this folder)", webUrlOption)
  .option("--factory <address>", "contest factory (default: the demo's, or the chain's public one)", addressOption)
  .option("--salt <bytes32>", "tells contests with equal rules apart", bytes32Option, NO_SALT)
  .option("--key-env <name>", "environment variable that holds the private key to send with")
  .option("--keystore <file>", "encrypted JSON keystore to send with")
  .option("--yes", "send without asking")
  .option("--json", "print the result as JSON")
  .addHelpText("after", EXIT_HELP)
  .action(create);
process.exitCode = await runCommand(program, process.argv);

async function create(rulesFile: string, options: CreateOptions): Promise<void> {
  // With --json, standard output holds the result and nothing else.
  const say = options.json ? console.error : console.log;
  const file = parseRulesFile(await readText(rulesFile, "The rules file"), rulesFile);
  const declaration = path.resolve(path.dirname(rulesFile), file.declaration);
  const declarationHash = keccak256(new TextEncoder().encode(await readText(declaration, "The declaration")));

  const connection = await connect({ ...options, demo: () => devAccounts().organiser });
  const { clients, chain, account } = connection;
  const factory = factoryOf(connection, options.factory);
  const coin = file.coin ?? connection.demo?.coin;
  if (coin === undefined) throw new InvalidInputError("coin: the rules must name it outside the demo.");
  const token = await readToken(clients, coin);
  const { timestamp } = await clients.publicClient.getBlock();
  const rules = makeRules(file, { now: Number(timestamp), coin, decimals: token.decimals, declarationHash });

  const { salt } = options;
  const [contest, gas] = await Promise.all([
    clients.publicClient.readContract({
      address: factory,
      abi: contestFactoryAbi,
      functionName: "predict",
      args: [account.address, asArguments(rules), salt],
    }),
    clients.publicClient.estimateGas({ account, to: factory, data: createContestData(rules, salt) }),
  ]).catch((error: unknown) => {
    throw describeRevert(error);
  });
  say(`\nThis contest will be created, and nothing about it can be changed afterwards:\n`);
  say(
    rows([
      ...describeRules(rules, token),
      ["address", `${contest} on ${chain.name}`],
      ["factory", factory],
      ["sent by", `${account.address}, who has no power over it afterwards`],
      ["fee", await feeInWords(clients, gas)],
    ]),
  );
  say("");
  await askToSend("Create it?", options.yes === true);
  const created = await createContest(clients, { factory, rules, salt });
  if (options.json)
    console.log(JSON.stringify({ contest: created, factory, chainId: chain.id, creator: account.address }));
  else
    say(
      `\n✓ The contest lives at ${created}.\n  Fill the pot with fund(amount); authors enter with: npm run entry -- submit <folder> --contest ${created}\n`,
    );
}

async function readText(file: string, what: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new InvalidInputError(`${what} ${file} cannot be read.`, { cause: error });
  });
}
