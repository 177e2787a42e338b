import type { EngineErrorCode } from "../engine/engineError.ts";
import { EngineError, publicMessageOf } from "../engine/engineError.ts";

/** An error as OpenAI's clients read it. */
export type ApiErrorBody = {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
};

/** A refusal with its HTTP status. `retryAfter` in seconds. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly body: ApiErrorBody;
  readonly retryAfter: number | null;

  constructor(
    status: number,
    message: string,
    details: { param?: string; code?: string; retryAfter?: number | null } = {},
  ) {
    super(message);
    this.status = status;
    const type =
      status === 429
        ? "rate_limit_error"
        : status < 500
          ? "invalid_request_error"
          : status === 503
            ? "overloaded_error"
            : "server_error";
    this.body = { error: { message, type, param: details.param ?? null, code: details.code ?? null } };
    this.retryAfter = details.retryAfter ?? null;
  }
}

/** Nobody is there to hear an answer. */
export class ClientGoneError extends Error {
  override readonly name = "ClientGoneError";
}

/**
 * What a log may hold of an error: its kind and, of an engine's, its code. Their messages can quote a prompt.
 */
export function loggable(error: unknown): {
  readonly kind: string;
  readonly code: string | null;
  readonly stack?: string;
} {
  if (error instanceof EngineError) return { kind: error.name, code: error.code };
  if (!(error instanceof Error)) return { kind: typeof error, code: null };
  return { kind: error.name, code: null, ...(error.stack !== undefined && { stack: error.stack }) };
}

const statusOf: Readonly<Record<EngineErrorCode, number>> = {
  prompt_too_long: 400,
  bad_format: 400,
  bad_prompt: 400,
  busy: 503,
  restarting: 503,
  quarantined: 503,
  no_memory: 503,
  load_failed: 503,
  load_timeout: 503,
  closed: 503,
  crashed: 500,
  stalled: 500,
  failed: 500,
};

/**
 * What a caller is told about anything that was thrown; what is not meant for callers stays in the log.
 *
 * `promptParam`: the field that held the prompt.
 */
export function toApiError(error: unknown, promptParam = "messages"): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof ClientGoneError) return new ApiError(499, "The client went away.");
  if (error instanceof EngineError) {
    const code = error.code === "prompt_too_long" ? "context_length_exceeded" : `model_${error.code}`;
    const param =
      statusOf[error.code] === 400 ? { param: error.code === "bad_format" ? "response_format" : promptParam } : {};
    return new ApiError(statusOf[error.code], sentence(publicMessageOf(error)), {
      code,
      retryAfter: error.retryAfter,
      ...param,
    });
  }
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === "number" && status >= 400 && status < 500 && error instanceof Error) {
    return new ApiError(status, error.message, { code: status === 413 ? "request_too_large" : "bad_request" });
  }
  return new ApiError(500, "The node failed while answering. Try again; its operator finds the reason in the log.");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
