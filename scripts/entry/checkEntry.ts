import type { Address } from "viem";
import { erc20Abi } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { BaseError, InvalidInputError } from "#protocol/errors.ts";
import type { Rules } from "#protocol/rules.ts";
import { modeOf, phaseAt } from "#protocol/rules.ts";
import type { Clients } from "../chainClients.ts";
import { bytesInWords, coinsInWords, timeInWords } from "../cli/inWords.ts";
import type { Token } from "../contest/describeRules.ts";
import type { Prepared } from "./makeEntry.ts";

/** Reads a contest's rules. Throws a `BaseError` when there is no contest at `contest`. */
export async function readRules({ publicClient }: Clients, contest: Address): Promise<Rules> {
  try {
    return await publicClient.readContract({ address: contest, abi: contestAbi, functionName: "rules" });
  } catch (error) {
    throw new BaseError(`There is no contest at ${contest} on this chain.`, { cause: error });
  }
}

/** Makes sure that the contest would take this entry from this author. Throws `InvalidInputError` with every reason. */
export async function checkEntry(
  clients: Clients,
  options: { readonly contest: Address; readonly rules: Rules; readonly coin: Token; readonly entry: Prepared },
): Promise<void> {
  const { contest, rules, coin, entry } = options;
  const { publicClient, wallet } = clients;
  const author = wallet.account.address;
  const read = { address: contest, abi: contestAbi } as const;
  const [block, live, [isBound, , liveEntry], balance] = await Promise.all([
    publicClient.getBlock(),
    publicClient.readContract({ ...read, functionName: "liveCount" }),
    publicClient.readContract({ ...read, functionName: "personOf", args: [author] }),
    publicClient.readContract({ address: rules.coin, abi: erc20Abi, functionName: "balanceOf", args: [author] }),
  ]);
  const phase = phaseAt(rules, Number(block.timestamp), false);
  const needsPerson = modeOf(rules) === "personhood";
  const problems = [
    phase === "entry" ? "" : phaseProblem(phase, rules),
    entry.modelSize <= rules.maxModelBytes
      ? ""
      : `the model has ${bytesInWords(entry.modelSize)}; the rules allow ${bytesInWords(rules.maxModelBytes)}`,
    live < BigInt(rules.maxEntries) ? "" : `all ${rules.maxEntries} places are taken`,
    balance >= rules.entryBond
      ? ""
      : `the bond is ${coinsInWords(rules.entryBond, coin)}; ${author} holds ${coinsInWords(balance, coin)}`,
    !needsPerson || isBound ? "" : `${author} is not verified as a person in this contest`,
    !needsPerson || liveEntry === 0n ? "" : `this person has a live entry already, number ${liveEntry}`,
  ].filter((problem) => problem !== "");
  if (problems.length > 0)
    throw new InvalidInputError("The contest would not take this entry.", { metaMessages: problems });
}

function phaseProblem(phase: string, rules: Rules): string {
  return phase === "upcoming"
    ? `entries open only at ${timeInWords(rules.entriesOpen)}`
    : `entries closed at ${timeInWords(rules.votesOpen)}`;
}
