/** For whoever wants to pay other people's gas: `npm run relay -- serve`. It is trusted with nothing; see scripts/README.md. */

import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { destination, pino } from "pino";
import type { Address, LocalAccount } from "viem";
import { formatEther, parseEther, parseGwei } from "viem";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import { addressOption, webUrlOption } from "./cli/arguments.ts";
import { connect } from "./cli/connect.ts";
import { rows } from "./cli/inWords.ts";
import { EXIT_HELP, runCommand } from "./cli/runCommand.ts";
import type { Limits } from "./relay/limits.ts";
import { serveRelay } from "./relay/serveRelay.ts";
import type { TrustedProxies } from "./relay/trustedProxies.ts";
import { trustedProxies } from "./relay/trustedProxies.ts";
import { folders } from "./start/context.ts";
import { devAccounts } from "./start/localChain.ts";

type ServeOptions = Omit<Limits, "maxFeePerGas" | "weiPerDay"> & {
  readonly rpc?: string;
  readonly contest?: readonly Address[];
  readonly factory?: Address;
  readonly port: number;
  readonly host: string;
  readonly state?: string;
  readonly keyEnv?: string;
  readonly keystore?: string;
  readonly maxFeeGwei: bigint;
  readonly etherPerDay: bigint;
  readonly trustProxy?: TrustedProxies;
  readonly logLevel: string;
  readonly json?: true;
};

/** A batch of more would pass the chain's limit of gas for a transaction in the worst case. */
const MOST_PER_BATCH = 25;

const program = new Command("npm run relay --").description("Carries signed orders, so that voters pay no gas.");
program
  .command("serve")
  .description(
    "take signed orders over HTTP and carry them in batches; costs whoever runs it gas, and nobody else anything",
  )
  .option("--rpc <url>", "RPC endpoint (default: the demo that runs in this folder)", webUrlOption)
  .option("--contest <addresses>", "contests to carry for, separated by commas (default: the demo's)", addresses)
  .option("--factory <address>", "carry for every contest of this factory", addressOption)
  .option("--port <number>", "where to listen; 0 takes a free one", whole(0, 65_535), 0)
  .option("--host <name>", "where to listen", "127.0.0.1")
  .option(
    "--state <file>",
    "what must not be forgotten: accepted orders, the transaction on its way (default: .coindrop/relay-<chain>.sqlite)",
  )
  .option("--key-env <name>", "environment variable that holds the private key to pay with")
  .option("--keystore <file>", "encrypted JSON keystore to pay with")
  .option("--orders-per-batch <number>", "orders in one transaction", whole(1, MOST_PER_BATCH), 20)
  .option("--batch-ms <milliseconds>", "how long a batch waits for more", whole(0, 600_000), 2_000)
  .option("--waiting-per-voter <number>", "orders of one voter that wait at once", whole(1, 112), 10)
  .option("--orders-per-day <number>", "orders of one voter in a day", whole(1, 100_000), 50)
  .option("--orders-per-minute <number>", "orders from one network address in a minute", whole(1, 100_000), 60)
  .option("--gas-per-hour <gas>", "gas in an hour, for everybody", whole(0, 1e12), 50_000_000)
  .option("--ether-per-day <ether>", "what it pays in a day, for everybody", ether, parseEther("1"))
  .option(
    "--contest-share <percent>",
    "the most of both that one contest gets, where several are served",
    whole(1, 100),
    50,
  )
  .option("--max-fee-gwei <gwei>", "dearest unit of gas that is paid", gwei, parseGwei("200"))
  .option("--stuck-ms <milliseconds>", "after how long a transaction gets a higher fee", whole(100, 3_600_000), 60_000)
  .option(
    "--lost-ms <milliseconds>",
    "how long a receipt is missing, its nonce being used, until the transaction is given up",
    whole(0, 3_600_000),
    30_000,
  )
  .option("--confirmations <blocks>", "how long a block can still be undone", whole(0, 10_000), 30)
  .option("--drain-ms <milliseconds>", "how long the end waits for what is on its way", whole(0, 600_000), 30_000)
  .option("--poll-ms <milliseconds>", "time between two looks at the chain", whole(10, 60_000), 500)
  .option(
    "--trust-proxy <proxies>",
    "believe proxies in front about who calls: how many there are, if nobody gets past them, or their networks",
    proxies,
  )
  .option("--log-level <level>", "what to log on stderr: fatal, error, warn, info, debug or silent", "info")
  .option("--json", "print one line of JSON when it listens")
  .addHelpText("after", EXIT_HELP)
  .action(serve);
process.exitCode = await runCommand(program, process.argv);
// A parent's open channel would keep a relay alive that could not start.
if (process.connected) process.disconnect();

async function serve(options: ServeOptions): Promise<void> {
  let isListening = false;
  const stopped = new Promise<void>((resolve) => {
    // Until it listens nothing is on its way.
    const stop = () => (isListening ? resolve() : process.exit());
    // A parent that goes away without a word takes its channel with it, perhaps before anybody listened.
    for (const sign of ["SIGTERM", "SIGINT", "disconnect"]) process.once(sign, stop);
    if (process.connected === false) stop();
  });
  const { clients, chain, account, demo } = await connect({ ...options, demo: () => devAccounts().relayer });
  const contests = options.contest ?? (options.factory === undefined && demo !== undefined ? [demo.contest] : []);
  if (contests.length === 0 && options.factory === undefined)
    throw new InvalidInputError("Which contests? Name them with --contest, or their factory with --factory.");
  const stateFile = options.state ?? path.join(folders.state, `relay-${chain.id}.sqlite`);
  const relay = await serveRelay({
    client: clients.publicClient,
    chainId: chain.id,
    account: account as LocalAccount,
    contests: contests.map((contest) => contest.toLowerCase() as Address),
    factory: options.factory,
    stateFile,
    host: options.host,
    port: options.port,
    proxies: options.trustProxy ?? null,
    limits: { ...options, maxFeePerGas: options.maxFeeGwei, weiPerDay: options.etherPerDay },
    log: pino({ level: options.logLevel }, destination({ dest: 2, sync: true })),
    now: Date.now,
  });
  isListening = true;
  if (options.json)
    console.log(JSON.stringify({ ready: true, url: relay.url, payer: account.address, chainId: chain.id }));
  else {
    const balance = await clients.publicClient.getBalance({ address: account.address });
    console.log(
      `\n${rows([
        ["relay", relay.url],
        ["chain", chain.name],
        ["pays", `${account.address}, which holds ${formatEther(balance)} ETH`],
        ["carries for", [...contests, ...(options.factory ? [`all of ${options.factory}`] : [])].join(", ")],
        ["state", stateFile],
        ["stop", "Ctrl-C; what waits is carried first"],
      ])}\n`,
    );
  }
  await stopped;
  await relay.close();
  process.exit();
}

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

function gwei(text: string): bigint {
  if (!/^\d+(\.\d{1,9})?$/.test(text)) throw new InvalidArgumentError("It must be a number of gwei.");
  return parseGwei(text);
}

function ether(text: string): bigint {
  if (!/^\d+(\.\d{1,18})?$/.test(text)) throw new InvalidArgumentError("It must be a number of ether.");
  return parseEther(text);
}

function proxies(text: string): TrustedProxies {
  try {
    return trustedProxies(text);
  } catch (error) {
    throw new InvalidArgumentError(shortMessageOf(error));
  }
}

function addresses(text: string): readonly Address[] {
  return text.split(",").map(addressOption);
}
