import { ContractFunctionRevertedError, BaseError as ViemError } from "viem";
import { shortMessageOf } from "#protocol/errors.ts";

const register = "register it first: npm run node -- register";

/** What an operator can do about a refusal, or what it means, by the error's name in INodeRegistry. */
const words: Readonly<Record<string, string>> = {
  Nodes_Unknown: `the registry does not know this node; ${register}`,
  Nodes_BadSigner: `the registry does not know the signing key as one of this node's; ${register}, or add it: npm run node -- key add`,
  Nodes_Inactive:
    "the node is not active: not registered yet, leaving, or with too low a stake (npm run node -- stake)",
  Nodes_Left: "the node is leaving already",
  Nodes_ChallengesOpen: "somebody still waits for a block that was asked for",
  Nodes_NothingOwed: "nothing is owed",
  Nodes_StakeTooLow: "the stake is below the least; npm run node -- stake says how much that is",
  Nodes_KeyTaken: "that key signs for a node already",
};

/** Why something failed, in words; a contract's refusal by its own name and values. */
export function reasonOf(error: unknown): string {
  const reverted =
    error instanceof ViemError ? error.walk((one) => one instanceof ContractFunctionRevertedError) : null;
  if (!(reverted instanceof ContractFunctionRevertedError) || reverted.data === undefined) return shortMessageOf(error);
  const { errorName, args = [] } = reverted.data;
  const said = `${errorName}(${args.map(String).join(", ")})`;
  if (errorName === "Nodes_NotYet") return `it is too early for that: from ${momentOf(args[0])} on [${said}]`;
  const known = words[errorName];
  return known === undefined ? `the contract refuses it: ${said}` : `${known} [${said}]`;
}

/** Seconds since 1970 as a date. */
function momentOf(seconds: unknown): string {
  return typeof seconds === "bigint" ? new Date(Number(seconds) * 1000).toISOString() : "later";
}
