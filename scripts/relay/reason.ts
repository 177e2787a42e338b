import type { Hex } from "viem";
import { decodeErrorResult, ExecutionRevertedError, BaseError as ViemError } from "viem";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import { RetryableError, shortMessageOf } from "#protocol/errors.ts";
import type { RelayReason } from "#protocol/relay.ts";
import { revertDataOf } from "../describeRevert.ts";

/** Says that an order did something before, carried by whomever, or was cancelled: nothing was wasted by its voter. */
export const NONCE_SPENT = "Orders_NonceSpent";

const PHASES = ["not open yet", "in its entry phase", "in its voting phase", "over and being counted", "final"];
const STATUSES = ["does not exist", "is live", "is challenged", "was taken back by its author", "was removed"];

type Words = (values: readonly unknown[]) => string;

/** What the contest and its coin say when an order fails, in words. Others keep their names. */
const WORDS: Readonly<Record<string, Words>> = {
  Contest_WrongPhase: ([phase]) =>
    `The contest is ${PHASES[Number(phase)] ?? "in another phase"}; coins can be dropped only while voting is open.`,
  Entries_NotLive: ([id, status]) => `Entry ${id} ${STATUSES[Number(status)] ?? "takes no coins"}.`,
  Ballots_NoAmount: () => "An amount of zero changes nothing.",
  Ballots_Insufficient: ([staked, asked]) => `${asked} wei are asked back, and ${staked} lie there.`,
  Ballots_OverCap: ([cap, asked]) => `A person may have ${cap} wei counted; this would make ${asked}.`,
  Ballots_TooMuch: () => "This is more than the contest can count on one entry.",
  Orders_Expired: ([deadline]) => `The order ran out at ${deadline} (seconds since 1970).`,
  Orders_BadNonce: ([nonce]) => `Nonces go from 0 to 111; this is ${nonce}.`,
  Orders_NonceSpent: ([nonce]) => `Nonce already used: ${nonce} was spent by another order, or cancelled.`,
  Orders_BadSignature: ([voter]) => `The signature is not ${voter}'s for this order, contest and chain.`,
  Orders_NotDeployed: ([voter]) => `The wallet ${voter} is not deployed on this chain yet; deploy it first.`,
  Coins_Short: () => "The coin delivered less than it was asked for.",
  ERC20InsufficientAllowance: ([, allowed, needed]) =>
    `The contest may take ${allowed} wei of the voter's coins, and ${needed} are needed; add a permit.`,
  ERC20InsufficientBalance: ([, balance, needed]) =>
    `The voter holds ${balance} wei of the coin, and ${needed} are needed.`,
  ERC2612ExpiredSignature: () => "The permit has run out.",
  ERC2612InvalidSigner: () => "The permit's signature is not the voter's.",
  SafeERC20FailedOperation: () => "The coin refused the transfer.",
};

const ABIS = [contestAbi, demoCoinAbi];

/** What the bytes of a revert mean. Empty bytes: it ran out of its gas, or its coin said more than is passed on. */
export function reasonOf(data: Hex): RelayReason {
  for (const abi of ABIS) {
    try {
      const { errorName, args = [] } = decodeErrorResult({ abi, data });
      const values = args.map(String);
      const message = WORDS[errorName]?.(values) ?? `The contract refuses it: ${errorName}(${values.join(", ")}).`;
      return { error: errorName, values, message };
    } catch {
      // Not an error of this contract.
    }
  }
  const why =
    data === "0x" ? "it gave no reason; it may need more gas than an order gets" : `it says ${data.slice(0, 74)}`;
  return { error: null, values: [], message: `The order fails: ${why}.` };
}

/** Why a call that was only tried was refused. Throws `RetryableError` where the endpoint, not the contract, failed. */
export function refusalOf(error: unknown): RelayReason {
  const data = revertDataOf(error);
  if (data !== undefined) return reasonOf(data);
  const isRevert =
    error instanceof ViemError &&
    (error.walk((cause) => cause instanceof ExecutionRevertedError) !== null ||
      /revert|out of gas|ran out/i.test(error.details));
  if (isRevert) return reasonOf("0x");
  throw new RetryableError("The chain's endpoint does not answer.", {
    metaMessages: [`reason: ${shortMessageOf(error)}`],
    cause: error,
  });
}
