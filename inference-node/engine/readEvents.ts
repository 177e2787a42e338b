import { GenerationError } from "./generationError.ts";

/** Characters of one event; an upstream that sends more speaks another language. */
const longestEvent = 1_048_576;

export function upstreamHeaders(apiKey: string | undefined): Record<string, string> {
  return {
    "Content-Type": "application/json",
    ...(apiKey !== undefined && { Authorization: `Bearer ${apiKey}` }),
  };
}

/** The JSON of each server-sent event of a response, up to its end or `[DONE]`. Throws `GenerationError`. */
export async function* readEvents(response: Response): AsyncGenerator<unknown> {
  if (response.body === null) throw new GenerationError("failed", "the upstream sent no body");
  // A stream of text would pass each token through three more promises.
  const decoder = new TextDecoder();
  let held = "";
  for await (const bytes of response.body) {
    held += decoder.decode(bytes, { stream: true });
    const lines = held.split("\n");
    held = lines.pop() ?? "";
    if (held.length > longestEvent) throw new GenerationError("failed", "the upstream sent an event without end");
    for (const line of lines) {
      if (line.startsWith("error:")) throw new GenerationError("failed", `the upstream failed: ${line.slice(0, 500)}`);
      if (!line.startsWith("data:")) continue;
      const data = line.slice(5).trim();
      if (data === "[DONE]") return;
      yield parse(data);
    }
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new GenerationError("failed", "the upstream sent an event that is no JSON", cause);
  }
}
