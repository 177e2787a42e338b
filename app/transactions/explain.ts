import {
  BaseError,
  ContractFunctionRevertedError,
  HttpRequestError,
  InsufficientFundsError,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
  UserRejectedRequestError,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import { words } from "../words/words.ts";
import { errorWords } from "./errorWords.ts";

export type Explained = {
  readonly kind: "declined" | "refused" | "uncertain";
  readonly sentence: string;
  readonly details: string;
};

/** Says in words why something was not sent or refused. `sent`: whether a transaction had left the wallet by then. */
export function explain(error: unknown, sent: boolean, amount: (wei: bigint) => string): Explained {
  const details = error instanceof Error ? error.message : String(error);
  const find = (test: (cause: unknown) => boolean) => (error instanceof BaseError ? error.walk(test) : null);
  if (find((cause) => cause instanceof UserRejectedRequestError) !== null || codeOf(error) === 4001) {
    return { kind: "declined", sentence: words.steps.rejected, details };
  }
  const reverted = find((cause) => cause instanceof ContractFunctionRevertedError);
  if (reverted instanceof ContractFunctionRevertedError && reverted.data !== undefined) {
    return {
      kind: "refused",
      sentence: errorWords(reverted.data.errorName, reverted.data.args ?? [], { amount }),
      details,
    };
  }
  if (find((cause) => cause instanceof InsufficientFundsError) !== null) {
    return { kind: "refused", sentence: words.errors.noGas, details };
  }
  const silent = find(
    (cause) =>
      cause instanceof HttpRequestError ||
      cause instanceof WaitForTransactionReceiptTimeoutError ||
      cause instanceof TransactionReceiptNotFoundError ||
      cause instanceof TransactionNotFoundError,
  );
  if (sent) return { kind: "uncertain", sentence: words.steps.uncertain, details };
  if (silent !== null) return { kind: "refused", sentence: words.errors.network, details };
  return { kind: "refused", sentence: words.errors.unknown, details };
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
