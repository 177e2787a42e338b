/**
 * Recounts a contest from the chain alone: `npm run audit -- --rpc URL --contest ADDRESS [--indexer URL] [--registry
 * ADDRESS]`, with the books of the node registry where it is named.
 *
 * Written a second time on purpose: ethers instead of viem, its own event definitions, its own fold and ranking. It
 * shares no line with the code it checks, so that one mistake cannot hide in both.
 * Exit code 0: all agree. 1: figures differ. 2: it could not look.
 */

import { inspect } from "node:util";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { auditContest } from "./audit/auditContest.ts";
import { CannotLookError } from "./audit/cannotLookError.ts";
import { auditAsJson, printAudit } from "./audit/printAudit.ts";
import { runningDemo } from "./audit/runningDemo.ts";

type Options = {
  readonly rpc?: string;
  readonly contest?: string;
  readonly indexer?: string;
  readonly factory?: string;
  readonly registry?: string;
  readonly block?: number;
  readonly json?: true;
};

const AGREES = 0;
const DIFFERS = 1;
const COULD_NOT_LOOK = 2;

process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  const command = new Command("npm run audit --")
    .description("Recounts a contest from the chain alone and compares the figures, to the wei and the second.")
    .option("--rpc <url>", "RPC endpoint to read the chain from", webUrl)
    .option("--contest <address>", "address of the contest")
    .option("--indexer <url>", "compare with this indexer's ranking as well", webUrl)
    .option("--factory <address>", "ask this factory whether the contest is one of its own")
    .option("--registry <address>", "recount the books of this node registry as well")
    .option("--block <number>", "block to recount at (default: the newest, or the indexer's)", wholeNumber)
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nWithout --rpc and --contest: the demo that runs in this folder, its indexer included.")
    .addHelpText("after", "\nExit code 0: all agree. 1: figures differ. 2: it could not look.")
    .exitOverride();
  try {
    command.parse(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? AGREES : COULD_NOT_LOOK;
  }
  const options = command.opts<Options>();
  const target = await targetOf(options);
  if (target === undefined) {
    console.error(
      "Could not look: name the chain and the contest with --rpc and --contest; no demo runs in this folder.",
    );
    return COULD_NOT_LOOK;
  }
  try {
    const audit = await auditContest({ ...target, block: options.block });
    console.log(options.json ? JSON.stringify(auditAsJson(audit), null, 2) : printAudit(audit));
    return audit.findings.length === 0 ? AGREES : DIFFERS;
  } catch (error) {
    // A fault of our own is no verdict on the contest either.
    console.error(`Could not look: ${error instanceof CannotLookError ? plainLines(error.message) : inspect(error)}`);
    return COULD_NOT_LOOK;
  }
}

/** An endpoint's words may be in it. */
function plainLines(text: string): string {
  return text.replaceAll(/[^\x20-\x7e…–]/g, "?");
}

/** What the flags name; without any, the running demo. */
async function targetOf({ rpc, contest, indexer, factory, registry }: Options) {
  if (rpc !== undefined && contest !== undefined)
    return { rpcUrl: rpc, contest, indexerUrl: indexer, factory, registry };
  if (rpc !== undefined || contest !== undefined || indexer !== undefined) return undefined;
  const demo = await runningDemo();
  return demo && { ...demo, factory: factory ?? demo.factory, registry: registry ?? demo.nodeRegistry };
}

function webUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError("It must be an http or https address.");
  return text;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
