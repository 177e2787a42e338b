/** One streamed answer, in milliseconds since the request was sent. */
export type Timed = { readonly firstMs: number; readonly totalMs: number; readonly tokens: number };

/** Asks an OpenAI-compatible service for exactly `tokens` greedy tokens. Throws when it gives another number. */
export async function askStream(url: string, model: string, prompt: string, tokens: number): Promise<Timed> {
  const began = performance.now();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      model,
      messages: [{ role: "user", content: prompt }],
      temperature: 0,
      max_tokens: tokens,
      stream: true,
      stream_options: { include_usage: true },
      // Only llama-server knows it: without it the second prompt would not be read.
      cache_prompt: false,
    }),
  });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  let firstMs = 0;
  let lastMs = 0;
  let counted = 0;
  let held = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    held += text;
    const lines = held.split("\n");
    held = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data: {")) continue;
      const event = JSON.parse(line.slice(6)) as Event;
      if (event.usage) counted = event.usage.completion_tokens;
      if (!event.choices?.[0]?.delta?.content) continue;
      lastMs = performance.now() - began;
      if (firstMs === 0) firstMs = lastMs;
    }
  }
  if (counted !== tokens) throw new Error(`${url} gave ${counted} tokens instead of ${tokens}`);
  return { firstMs, totalMs: lastMs, tokens };
}

type Event = {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly usage?: { readonly completion_tokens: number } | null;
};
