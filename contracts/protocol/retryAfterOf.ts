/**
 * Milliseconds that an answer asks to wait before the next question, in `Retry-After` as seconds or as a date; undefined
 * where it says nothing of the kind. Source: RFC 9110, 10.2.3.
 */
export function retryAfterOf(headers: Headers): number | undefined {
  const given = headers.get("retry-after");
  if (given === null) return undefined;
  const milliseconds = /^\d+$/.test(given) ? Number(given) * 1_000 : Date.parse(given) - timeOf(headers);
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** The time of day where the answer was made: this machine's own clock may be set otherwise. */
function timeOf(headers: Headers): number {
  const said = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(said) ? Date.now() : said;
}
