import { BaseError } from "#protocol/errors.ts";
import type { InconsistentLogsError } from "../project/InconsistentLogsError.ts";

/** Contradicting logs in a row before the endpoint is given up. */
export const MOST_CONTRADICTIONS = 8;

/** Reading on cannot mend a hole in what was folded before, from whatever endpoint: only a new database can. */
export function givenUp(error: InconsistentLogsError, file: string): BaseError {
  return new BaseError(error.shortMessage, {
    metaMessages: [
      ...error.metaMessages,
      `Given up after ${MOST_CONTRADICTIONS} times. The hole may lie in what is stored already, so another endpoint alone does not help:`,
      `delete the database ${file} (and ${file}-wal, ${file}-shm) and start again with another --rpc; all is indexed anew.`,
    ],
    cause: error,
  });
}

/** The contracts themselves contradict what was folded, again after it was read anew. */
export function beyondRepair(facts: readonly string[], file: string): BaseError {
  return new BaseError("What was folded is not what the contracts say, and reading it again did not help.", {
    metaMessages: [
      ...facts,
      `The endpoint leaves logs out. Delete the database ${file} (and ${file}-wal, ${file}-shm) and start again`,
      "with another --rpc, or with several, separated by commas: all is indexed anew.",
    ],
  });
}
