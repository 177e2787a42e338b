import Fastify from "fastify";
import { expect, test } from "vitest";
import { createAdmission, defaultServeLimits } from "../../../inference-node/serve/admission.ts";
import type { Answering } from "../../../inference-node/serve/answerChat.ts";
import { toApiError } from "../../../inference-node/serve/apiError.ts";
import type { HostedEntry } from "../../../inference-node/serve/hostedEntry.ts";
import { addOllamaRoutes } from "../../../inference-node/serve/ollamaRoutes.ts";
import { entry as facts } from "../../support/entryFacts.ts";

/** The routes over one model that only counts how often it is woken. */
function lab(requestsPerMinute: number) {
  const limits = { ...defaultServeLimits, requestsPerMinute };
  const admission = createAdmission({ limits, maxWaiting: 1, now: () => 0 });
  let woken = 0;
  const entry = {
    facts: facts(1),
    manifest: { name: "m", wrapper: {} },
    runner: {
      async wake() {
        woken += 1;
      },
    },
  } as unknown as HostedEntry;
  const app = Fastify();
  app.setErrorHandler((error, _request, reply) => reply.code(toApiError(error).status).send());
  addOllamaRoutes(app, { admission, limits, now: () => 0 } as unknown as Answering, () => [entry]);
  const load = async () =>
    (await app.inject({ method: "POST", url: "/api/chat", payload: { model: "m", messages: [] } })).statusCode;
  return { admission, load, woken: () => woken };
}

test("waking a model counts as a request of its client's", async () => {
  const { load, woken } = lab(2);
  expect([await load(), await load(), await load()]).toEqual([200, 200, 429]);
  expect(woken()).toBe(2);
});

test("a node that stops wakes no model", async () => {
  const { admission, load, woken } = lab(600);
  await admission.drain();
  expect(await load()).toBe(503);
  expect(woken()).toBe(0);
});
