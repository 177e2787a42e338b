import type { Hex } from "viem";
import { decodeErrorResult, formatEther, BaseError as ViemError } from "viem";
import { contestAbi, contestFactoryAbi, demoCoinAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import { panelArbitratorAbi } from "#protocol/arbitrationAbi.ts";
import { BaseError, shortMessageOf } from "#protocol/errors.ts";
import * as personhoodAbis from "#protocol/personhoodAbi.ts";

const ABIS = [
  contestAbi,
  contestFactoryAbi,
  nodeRegistryAbi,
  panelArbitratorAbi,
  demoCoinAbi,
  ...Object.values(personhoodAbis),
];

/** What a chain's refusal means, in words where one of our contracts gave the reason. */
export function describeRevert(error: unknown): BaseError {
  const data = revertDataOf(error);
  const reason = data === undefined ? undefined : decode(data);
  if (reason !== undefined) return new BaseError(`The contract refuses this: ${reason}.`, { cause: error });
  return new BaseError(`The chain did not take the transaction: ${shortMessageOf(error)}`, { cause: error });
}

function decode(data: Hex): string | undefined {
  for (const abi of ABIS) {
    try {
      const { errorName, args } = decodeErrorResult({ abi, data });
      return inWords(errorName, args ?? []) ?? `${errorName}(${(args ?? []).map(String).join(", ")})`;
    } catch {
      // Not an error of this contract.
    }
  }
  return undefined;
}

/** Those that an organiser, author or panel member meets; the others keep their names. */
function inWords(name: string, args: readonly unknown[]): string | undefined {
  const [first, second, third] = args;
  switch (name) {
    case "Contest_WrongPhase":
      return `the contest is ${["not open yet", "taking entries", "voting", "counting", "final"][Number(first)] ?? "in another phase"} now`;
    case "Rules_OutOfBounds":
      return `the rule ${first} is out of its bounds at ${second}`;
    case "Rules_NoCode":
      return `the rule ${first} names ${second}, and there is no contract there`;
    case "Rules_SupplyTooLarge":
      return "the coin's supply does not fit 96 bits";
    case "Entries_Full":
      return `no more than ${first} entries fit`;
    case "Entries_ModelSize":
      return `the model has ${first} bytes, at most ${second} are allowed`;
    case "Entries_OnePerPerson":
      return `this person has a live entry already, number ${first}`;
    case "Persons_NotBound":
      return `${first} is not verified as a person in this contest`;
    case "Panel_NotTaken":
      return `the contract that asked does not take the ruling on dispute ${first}`;
    case "Panel_Delivered":
      return `the ruling on dispute ${first} was given already`;
    case "Panel_NotRuled":
      return `dispute ${first} has no ruling`;
    case "Panel_NothingOwed":
      return `nothing is owed to ${first}`;
    case "ERC20InsufficientBalance":
      return `${first} holds ${formatEther(toBigInt(second))} coins and needs ${formatEther(toBigInt(third))}`;
    case "FailedDeployment":
      return "this creator has used the same salt for the same rules before";
    default:
      return undefined;
  }
}

function toBigInt(value: unknown): bigint {
  return typeof value === "bigint" ? value : 0n;
}

/** The bytes that the contract gave as its reason, wherever in the chain of causes they are. */
export function revertDataOf(error: unknown): Hex | undefined {
  if (!(error instanceof ViemError)) return undefined;
  let found: Hex | undefined;
  error.walk((cause) => {
    const data: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, "data") : undefined;
    const bytes: unknown = typeof data === "object" && data !== null ? Reflect.get(data, "data") : data;
    if (typeof bytes === "string" && /^0x[0-9a-f]{8,}$/i.test(bytes)) found = bytes as Hex;
    return false;
  });
  return found;
}
