import { EventSourceParserStream } from "eventsource-parser/stream";
import { z } from "zod";
import { BaseError, RetryableError } from "#protocol/errors.ts";
import { type Bundle, bundleSchema, modelId } from "#protocol/node.ts";
import { words } from "../words/words.ts";
import { chatClient } from "./chatClient.ts";

export type Message = { readonly role: "user" | "assistant"; readonly content: string };

export type Asked = {
  /** The node's base URL. */
  readonly endpoint: string;
  readonly contest: string;
  readonly entryId: number;
  readonly messages: readonly Message[];
  readonly signal: AbortSignal;
  /** Called with the answer so far, after each piece. */
  readonly onText: (text: string) => void;
};

export type Answered = {
  readonly text: string;
  /** Milliseconds until the first piece and until the end, measured here. */
  readonly firstMs: number;
  readonly totalMs: number;
  /** `missing`: the node sent none; `unreadable`: in a shape that this page does not know. */
  readonly bundle: Bundle | "missing" | "unreadable";
};

const chunkSchema = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }) })).optional(),
  coindrop: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});
const refusalSchema = z.object({ error: z.object({ message: z.string() }) });

/** How long a node may stay silent before the first piece and between two. */
const silenceMs = 30_000;
/** Characters of an answer, well above what an entry may write; beyond them a node only fills the page. */
const maxText = 1_048_576;
/** Characters of one event; the last one lists every token of question and answer. */
const maxEvent = 8_388_608;

/**
 * Asks a node for an answer and hands it on as it comes. The sampling is the entry's own: nothing is asked for here.
 * Throws `RetryableError` when another node may do better, and the signal's reason when the person stopped it.
 */
export async function askNode({ endpoint, contest, entryId, messages, signal, onText }: Asked): Promise<Answered> {
  const began = performance.now();
  const silence = new AbortController();
  const listen = () => setTimeout(() => silence.abort(new Error("silent")), silenceMs);
  let timer = listen();
  let text = "";
  let firstMs: number | null = null;
  let bundle: Answered["bundle"] = "missing";
  try {
    const response = await fetch(`${endpoint.replace(/\/$/, "")}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-coindrop-client": chatClient() },
      body: JSON.stringify({ model: modelId(contest, entryId), messages, stream: true }),
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok || response.body === null) throw await refusal(response);
    const events = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({ maxBufferSize: maxEvent }))
      .getReader();
    for (;;) {
      const { done, value } = await events.read();
      if (done || value.data === "[DONE]") break;
      const chunk = chunkSchema.parse(JSON.parse(value.data));
      if (chunk.error !== undefined) throw new RetryableError(chunk.error.message);
      const piece = chunk.choices?.[0]?.delta.content ?? "";
      if (piece !== "") {
        firstMs ??= performance.now() - began;
        clearTimeout(timer);
        timer = listen();
        text += piece;
        if (text.length > maxText) throw new RetryableError(words.chat.endless);
        onText(text);
      }
      if (chunk.coindrop !== undefined) {
        const parsed = bundleSchema.safeParse(chunk.coindrop);
        bundle = parsed.success ? parsed.data : "unreadable";
      }
    }
  } catch (error) {
    silence.abort(error);
    if (signal.aborted || error instanceof BaseError) throw error;
    throw new RetryableError("The node did not answer.", { metaMessages: [`Endpoint: ${endpoint}`], cause: error });
  } finally {
    clearTimeout(timer);
  }
  const totalMs = performance.now() - began;
  return { text, firstMs: firstMs ?? totalMs, totalMs, bundle };
}

async function refusal(response: Response): Promise<BaseError> {
  const said = refusalSchema.safeParse(await response.json().catch(() => null));
  const sentence = words.chat.nodeSaid(response.status, said.success ? said.data.error.message : response.statusText);
  // A node that is busy or does not serve the entry leaves hope for the next; a bad question does not.
  return response.status === 400 || response.status === 413 ? new BaseError(sentence) : new RetryableError(sentence);
}
