import { RetryableError } from "#protocol/errors.ts";
import type { Position } from "./change.ts";

/** The logs contradict a promise of the contracts: the endpoint left some out, or gave some of another branch. */
export class InconsistentLogsError extends RetryableError {
  /** The contract whose logs they are. */
  readonly emitter: Position["emitter"];

  constructor(at: Position, what: string) {
    super(`The logs that the chain's endpoint gave do not add up in block ${at.block}: ${what}.`, {
      metaMessages: [
        `Contract: ${at.emitter}`,
        `Log: ${at.logIndex} of transaction ${at.transaction}`,
        "The range is read again. If this stays, the endpoint leaves logs out, or left some out before.",
      ],
    });
    this.emitter = at.emitter;
  }
}
