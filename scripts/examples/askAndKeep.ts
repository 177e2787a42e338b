/**
 * Asks a node a question and keeps the signed bundle: what any client of the OpenAI API does to hold a node to its word.
 * It needs nothing of this house. `node scripts/examples/askAndKeep.ts http://127.0.0.1:8090 "What is 17 plus 5?"`
 *
 * Then: `npm run node -- audit-receipts --from bundles.jsonl --model sums.gguf`
 */
import { appendFileSync } from "node:fs";

const [url = "http://127.0.0.1:8090", question = "What is 17 plus 5?", file = "bundles.jsonl"] = process.argv.slice(2);

type Home = {
  readonly chainId: number;
  readonly registry: string;
  readonly serves: readonly { readonly id: string }[];
};
type Answer = {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
  /** The receipt with its signature, and what it was signed over: token ids, salt, sampling. */
  readonly coindrop: object;
};

const { chainId, registry, serves } = await json<Home>("/");
const { choices, coindrop } = await json<Answer>("/v1/chat/completions", {
  model: serves[0]?.id,
  messages: [{ role: "user", content: question }],
  // Only greedy answers can be said again by whoever has the model.
  temperature: 0,
});
console.log(choices[0]?.message.content);

// One bundle a line. With the salt in it guesses at the question can be tried: it is nobody else's to read.
appendFileSync(file, `${JSON.stringify({ ...coindrop, chainId, registry, from: url })}\n`, { mode: 0o600 });

async function json<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(new URL(path, url), {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
