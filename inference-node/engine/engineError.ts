import { withoutSecrets } from "../withoutSecrets.ts";
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

/** What anybody may read of it. Why a file does not load or an engine breaks can name folders, addresses and keys. Pure. */
export function publicMessageOf({ code, message }: EngineError): string {
  if (code === "load_failed") return "the model does not load on this node";
  if (code === "failed") return "the model failed while answering";
  return withoutSecrets(message);
}
