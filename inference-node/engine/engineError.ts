import type { FailureCode } from "./childProtocol.ts";

export type EngineErrorCode =
  | FailureCode
  | "load_timeout"
  | "crashed"
  | "stalled"
  | "busy"
  | "restarting"
  | "quarantined"
  | "no_memory"
  | "closed";

/** Why a model gives no answer. `retryAfter` in seconds where waiting helps. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  readonly retryAfter: number | null;

  constructor(code: EngineErrorCode, message: string, retryAfter: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
