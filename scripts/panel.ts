/** For members of a panel: `npm run panel -- list`, `vote`, `relay`, `collect`. */

import { Command, InvalidArgumentError } from "commander";
import type { Address, Hex } from "viem";
import { encodeFunctionData, formatEther, parseEventLogs } from "viem";
import { panelArbitratorAbi } from "#protocol/arbitrationAbi.ts";
import { InvalidInputError } from "#protocol/errors.ts";
import { send } from "./chainClients.ts";
import { addressOption, webUrlOption } from "./cli/arguments.ts";
import type { Connection } from "./cli/connect.ts";
import { connect, connectToRead, feeInWords } from "./cli/connect.ts";
import { rows } from "./cli/inWords.ts";
import { askToSend, EXIT_HELP, runCommand } from "./cli/runCommand.ts";
import { describeRevert } from "./describeRevert.ts";
import { describeDispute, describePanel, rulingInWords } from "./panel/describePanel.ts";
import { panelOf, readDispute, readPanel } from "./panel/readPanel.ts";
import { devAccounts } from "./start/localChain.ts";

type ReadOptions = {
  readonly panel?: Address;
  readonly rpc?: string;
  readonly fromBlock: bigint;
  readonly json?: true;
};

type SendOptions = ReadOptions & {
  readonly member: number;
  readonly keyEnv?: string;
  readonly keystore?: string;
  readonly yes?: true;
};

type VoteOptions = SendOptions & { readonly reason: string };

const MAX_REASON_BYTES = 2_048;

const program = new Command("npm run panel --").description(
  "For the members of a panel, who rule on challenged entries by public votes.",
);
reading(program.command("list"))
  .description("show the panel, its disputes, what was said for and against, and the votes")
  .addHelpText("after", EXIT_HELP)
  .action(list);
sending(program.command("vote"))
  .description("vote on a dispute, for good; the vote that decides it has the ruling carried out")
  .argument("<dispute>", "number of the dispute, as `list` shows it", wholeNumber)
  .argument("<ruling>", "0 refuse to decide, 1 eligible, 2 ineligible", wholeNumber)
  .requiredOption("--reason <text or URI>", "why; published with the vote")
  .addHelpText("after", EXIT_HELP)
  .action(vote);
sending(program.command("relay"))
  .description("give a ruling again to a contest that could not take it")
  .argument("<dispute>", "number of the dispute", wholeNumber)
  .addHelpText("after", EXIT_HELP)
  .action(relay);
sending(program.command("collect"))
  .description("have your share of the fees paid out")
  .addHelpText("after", EXIT_HELP)
  .action(collect);
process.exitCode = await runCommand(program, process.argv);

function reading(command: Command): Command {
  return command
    .option("--panel <address>", "panel (default: the arbitrator of the demo's contest)", addressOption)
    .option("--rpc <url>", "RPC endpoint (default: the demo that runs in this folder)", webUrlOption)
    .option("--from-block <number>", "first block to look for votes and evidence in", (text) => wholeNumber(text), 0n)
    .option("--json", "print the result as JSON");
}

function sending(command: Command): Command {
  return reading(command)
    .option("--member <number>", "in the demo: which of its three members you are", memberNumber, 1)
    .option("--key-env <name>", "environment variable that holds the private key to send with")
    .option("--keystore <file>", "encrypted JSON keystore to send with")
    .option("--yes", "send without asking");
}

async function list(options: ReadOptions): Promise<void> {
  const { publicClient, chain, demo } = await connectToRead(options.rpc);
  const panel = await readPanel(publicClient, await panelOf(publicClient, options.panel, demo));
  const ids = Array.from({ length: panel.disputeCount }, (_, id) => BigInt(id));
  const disputes = await Promise.all(
    ids.map((id) => readDispute(publicClient, { panel: panel.address, id, fromBlock: options.fromBlock })),
  );
  if (options.json) return console.log(JSON.stringify({ chainId: chain.id, ...panel, disputes }, asText));
  console.log(`\n${rows(describePanel(panel))}\n`);
  if (disputes.length === 0) console.log("  No dispute was ever opened.\n");
  for (const dispute of disputes) console.log(`${describeDispute(dispute, panel)}\n`);
}

async function vote(id: bigint, ruling: bigint, options: VoteOptions): Promise<void> {
  const say = options.json ? console.error : console.log;
  const length = new TextEncoder().encode(options.reason).length;
  if (length === 0 || length > MAX_REASON_BYTES)
    throw new InvalidInputError(
      `--reason: 1 to ${MAX_REASON_BYTES} bytes, this has ${length}; put a longer one online.`,
    );
  const connection = await connectAsMember(options);
  const { clients, account } = connection;
  const address = await panelOf(clients.publicClient, options.panel, connection.demo);
  const panel = await readPanel(clients.publicClient, address);
  if (Number(id) >= panel.disputeCount)
    throw new InvalidInputError(`There is no dispute ${id}; \`npm run panel -- list\` shows those there are.`);
  const dispute = await readDispute(clients.publicClient, { panel: address, id, fromBlock: options.fromBlock });
  if (!panel.members.includes(account.address))
    throw new InvalidInputError(`${account.address} is no member of this panel.`, {
      metaMessages: panel.members.map((member) => `member: ${member}`),
    });
  if (dispute.ruled) throw new InvalidInputError(`Dispute ${id} has its ruling: ${rulingInWords(dispute.ruling)}.`);
  if (dispute.votes.some(({ member }) => member === account.address))
    throw new InvalidInputError(`${account.address} has voted on dispute ${id}; a vote stands for good.`);
  if (ruling > dispute.choices)
    throw new InvalidInputError(`The ruling must be 0 to ${dispute.choices}; this is ${ruling}.`);

  const data = encodeFunctionData({
    abi: panelArbitratorAbi,
    functionName: "vote",
    args: [id, ruling, options.reason],
  });
  say(`\n${describeDispute(dispute, panel)}\n`);
  say(
    rows([
      ["your vote", rulingInWords(Number(ruling))],
      ["your reason", options.reason],
      ["sent by", account.address],
      ["fee", await gasInWords(connection, address, data)],
    ]),
  );
  say("");
  await askToSend("Vote so, for everybody to see and for good?", options.yes === true);
  const { logs } = await send(clients, { to: address, data });
  const [ruled] = parseEventLogs({ abi: panelArbitratorAbi, eventName: "Ruled", logs });
  const [relayed] = parseEventLogs({ abi: panelArbitratorAbi, eventName: "RulingRelayed", logs });
  const outcome = ruled === undefined ? null : Number(ruled.args.ruling);
  const delivered = relayed?.args.delivered ?? false;
  if (options.json)
    return console.log(
      JSON.stringify({ dispute: id, member: account.address, vote: ruling, outcome, delivered }, asText),
    );
  say(`✓ Your vote counts.${outcome === null ? "" : ` It decided the dispute: ${rulingInWords(outcome)}.`}`);
  if (outcome !== null && !delivered) say(`  The contest did not take it. Try again: npm run panel -- relay ${id}`);
  say("");
}

async function relay(id: bigint, options: SendOptions): Promise<void> {
  const connection = await connectAsMember(options);
  const { publicClient } = connection.clients;
  const address = await panelOf(publicClient, options.panel, connection.demo);
  const data = encodeFunctionData({ abi: panelArbitratorAbi, functionName: "relayRuling", args: [id] });
  await gasInWords(connection, address, data);
  await askToSend(`Give the ruling on dispute ${id} again?`, options.yes === true);
  await send(connection.clients, { to: address, data });
  if (options.json) console.log(JSON.stringify({ dispute: id, delivered: true }, asText));
  else console.log("✓ The ruling was taken.");
}

async function collect(options: SendOptions): Promise<void> {
  const connection = await connectAsMember(options);
  const { clients, account } = connection;
  const address = await panelOf(clients.publicClient, options.panel, connection.demo);
  const data = encodeFunctionData({ abi: panelArbitratorAbi, functionName: "collect" });
  await gasInWords(connection, address, data);
  await askToSend(`Have what is owed to ${account.address} paid out?`, options.yes === true);
  const { logs } = await send(clients, { to: address, data });
  const [paid] = parseEventLogs({ abi: panelArbitratorAbi, eventName: "Collected", logs });
  const amount = paid?.args.amount ?? 0n;
  if (options.json) console.log(JSON.stringify({ member: account.address, amount }, asText));
  else console.log(`✓ ${formatEther(amount)} ETH were paid to ${account.address}.`);
}

async function connectAsMember({ rpc, keyEnv, keystore, member }: SendOptions): Promise<Connection> {
  const demo = () => {
    const account = devAccounts().panel[member - 1];
    if (account === undefined) throw new InvalidInputError(`--member: the demo's panel has no member ${member}.`);
    return account;
  };
  return connect({ rpc, keyEnv, keystore, demo });
}

/** What sending would cost. Throws in words what the contract has against it. */
async function gasInWords({ clients, account }: Connection, to: Address, data: Hex): Promise<string> {
  const gas = await clients.publicClient.estimateGas({ account, to, data }).catch((error: unknown) => {
    throw describeRevert(error);
  });
  return feeInWords(clients, gas);
}

function wholeNumber(text: string): bigint {
  if (!/^\d{1,30}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return BigInt(text);
}

function memberNumber(text: string): number {
  return Number(wholeNumber(text));
}

function asText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
