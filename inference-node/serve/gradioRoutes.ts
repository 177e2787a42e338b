import type { PassThrough } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { Answering } from "./answerChat.ts";
import { answerChat } from "./answerChat.ts";
import { ApiError, ClientGoneError, loggable, toApiError } from "./apiError.ts";
import type { Caller } from "./caller.ts";
import { callerOf } from "./caller.ts";
import { parseBody } from "./chatRequest.ts";
import { eventOf } from "./chatShapes.ts";
import { gradioConfig, gradioInfo, gradioName } from "./gradioConfig.ts";
import type { GradioJob } from "./gradioSessions.ts";
import { createGradioSessions } from "./gradioSessions.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { findEntry } from "./hostedEntry.ts";
import { createReadersPipe, goneSignal, hangUpLater } from "./streamAnswer.ts";

const hash = z.string().min(1).max(128);
const dataSchema = z.tuple([z.string().min(1, "write something"), z.string().max(256).nullish()], {
  error: "must be [message, model]; files and images are not served here",
});
export const callSchema = z.object({ data: dataSchema });
export const joinSchema = z.object({ data: dataSchema, fn_index: z.literal(0).nullish(), session_hash: hash });
export const cancelSchema = z.object({ event_id: z.string().max(128).nullish() });
const sessionQuery = z.object({ session_hash: hash });

/** Gradio's API: one function, `/chat(message, model)`, that streams its answer and gives the receipt beside it. */
export function addGradioRoutes(
  app: FastifyInstance,
  answering: Answering,
  entries: () => readonly HostedEntry[],
): void {
  const sessions = createGradioSessions({
    newId: () => Buffer.from(answering.random(16)).toString("hex"),
    now: answering.now,
  });
  const jobOf = ([message, model]: z.infer<typeof dataSchema>, caller: Caller) => {
    const [first] = entries();
    if (first === undefined) throw new ApiError(503, "No model is served yet.", { code: "loading", retryAfter: 5 });
    const entry = model === null || model === undefined ? first : findEntry(entries(), model);
    return { entry, message, caller };
  };

  for (const prefix of ["", "/gradio_api"]) app.get(`${prefix}/config`, () => gradioConfig(entries()));
  app.get("/gradio_api/info", () => gradioInfo(entries()));

  app.post("/gradio_api/queue/join", (http) => {
    const { data, session_hash } = parseBody(joinSchema, http.body);
    return { event_id: sessions.join(session_hash, jobOf(data, callerOf(http))) };
  });

  app.get("/gradio_api/queue/data", (http, reply) => {
    const { session_hash } = parseBody(sessionQuery, http.query);
    const out = openStream(reply, goneSignal(reply));
    const say = (message: object): void => out.write(eventOf(message));
    sessions.listen(session_hash, goneSignal(reply), {
      run: (job) => runQueued(job, say),
      onIdle() {
        say({ msg: "close_stream", event_id: null });
        out.end();
      },
    });
    return out.reply;
  });

  app.post<{ Params: { name: string } }>("/gradio_api/call/:name", (http) => {
    mustBeKnown(http.params.name);
    return { event_id: sessions.keep(jobOf(parseBody(callSchema, http.body).data, callerOf(http))) };
  });

  app.get<{ Params: { name: string; id: string } }>("/gradio_api/call/:name/:id", (http, reply) => {
    mustBeKnown(http.params.name);
    const job = sessions.fetch(http.params.id);
    if (job === undefined) {
      throw new ApiError(404, "There is no such call: it ended, or waited too long.", { code: "not_found" });
    }
    const gone = goneSignal(reply);
    gone.addEventListener("abort", () => job.stop.abort(new ClientGoneError()), { once: true });
    const out = openStream(reply, gone);
    void runCalled(job, (event, data) => out.write(`event: ${event}\n${eventOf(data)}`)).finally(() => out.end());
    return out.reply;
  });

  for (const what of ["cancel", "reset"]) {
    app.post(`/gradio_api/${what}`, (http) => {
      sessions.cancel(parseBody(cancelSchema, http.body).event_id ?? "");
      return { success: true };
    });
  }

  const answer = (job: GradioJob, onStart: () => void, onText: (text: string) => void) =>
    answerChat(answering, {
      entry: job.entry,
      caller: job.caller,
      request: { messages: [{ role: "user", content: job.message }] },
      promptParam: "data.0",
      signal: job.stop.signal,
      onStart,
      onText,
    });

  /** Tells an answer as the messages of Gradio's queue: the first text whole, then what is added to it. */
  const runQueued = async (job: GradioJob, say: (message: object) => void): Promise<void> => {
    const { id: event_id, entry } = job;
    const queue = answering.admission.queueOf(entry);
    const rank = queue.waiting();
    say({ msg: "estimation", event_id, rank, queue_size: rank + 1, rank_eta: null });
    let text = "";
    try {
      const { bundle } = await answer(
        job,
        () => say({ msg: "process_starts", event_id, eta: null }),
        (piece) => {
          const data = text === "" ? [piece, null] : [[["append", [], piece]], []];
          text += piece;
          say({ msg: "process_generating", event_id, success: true, output: { data, is_generating: true } });
        },
      );
      const output = { data: [text, { coindrop: bundle }], is_generating: false };
      say({ msg: "process_completed", event_id, success: true, output });
    } catch (error) {
      if (!job.stop.signal.aborted) app.log.warn({ error: loggable(error) }, "an answer broke off");
      const { message } = toApiError(error);
      say({ msg: "process_completed", event_id, success: false, output: { error: message }, title: "Error" });
    }
  };

  /** Tells an answer to the plain clients: its text whole each time. */
  const runCalled = async (job: GradioJob, say: (event: string, data: unknown) => void): Promise<void> => {
    let text = "";
    try {
      const { bundle } = await answer(
        job,
        () => undefined,
        (piece) => {
          text += piece;
          say("generating", [text, null]);
        },
      );
      say("complete", [text, { coindrop: bundle }]);
    } catch (error) {
      if (!job.stop.signal.aborted) app.log.warn({ error: loggable(error) }, "an answer broke off");
      say("error", { error: toApiError(error).message });
    } finally {
      sessions.cancel(job.id);
    }
  };
}

function mustBeKnown(name: string): void {
  if (name === gradioName) return;
  throw new ApiError(404, `There is no function "${name.slice(0, 64)}" here, only "${gradioName}".`, {
    code: "not_found",
  });
}

function openStream(reply: FastifyReply, gone: AbortSignal) {
  const { stream, write } = createReadersPipe(
    () => reply.raw.destroy(),
    () => performance.now(),
  );
  // So that the client hears at once that it is connected.
  stream.write(": \n\n");
  return {
    write: (text: string): void => {
      if (!gone.aborted && !stream.writableEnded) write(text);
    },
    end(): void {
      stream.end();
      hangUpLater(reply);
    },
    reply: reply
      .type("text/event-stream; charset=utf-8")
      .header("Cache-Control", "no-store")
      .header("X-Accel-Buffering", "no")
      .send(stream satisfies PassThrough),
  };
}
