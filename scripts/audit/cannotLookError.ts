/** The audit could not be done: nobody can say whether the figures agree. */
export class CannotLookError extends Error {
  override readonly name = "CannotLookError";
}

/** One sentence about any thrown value. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const short: unknown = (error as { shortMessage?: unknown }).shortMessage;
  const code: unknown = (error as { code?: unknown }).code;
  const text = typeof short === "string" ? short : error.message;
  return text === "" && typeof code === "string" ? code : (text.split("\n")[0] ?? text);
}
