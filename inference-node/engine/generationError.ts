import type { FailureCode } from "./childProtocol.ts";

/** A generation that cannot go on, with the code that tells whose doing it is. */
export class GenerationError extends Error {
  override readonly name = "GenerationError";
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
