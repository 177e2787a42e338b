import { expect, test } from "vitest";
import type { GenerationJob } from "../../../inference-node/engine/childProtocol.ts";
import { meterRunner } from "../../../inference-node/engine/meter.ts";
import type { Answered } from "../../../inference-node/engine/modelProcess.ts";
import type { ModelRunner } from "../../../inference-node/engine/modelRunner.ts";

const job = {} as GenerationJob;
const handlers = { onPrompt: () => undefined, onText: () => undefined };
const never = new AbortController().signal;

/** A runner whose answers take the times that a test says, in milliseconds. */
function timed() {
  const clock = { ms: 0 };
  const next = { firstMs: 0, restMs: 0, tokens: 0, finish: "stop" as Answered["finish"] };
  const runner = {
    async generate(_job, { onText }) {
      clock.ms += next.firstMs;
      onText("a");
      clock.ms += next.restMs;
      return { finish: next.finish, tokens: Array.from({ length: next.tokens }, () => 1) };
    },
  } as Partial<ModelRunner> as ModelRunner;
  const metered = meterRunner(runner, () => clock.ms);
  const answer = async (one: Partial<typeof next>) => {
    Object.assign(next, { firstMs: 100, restMs: 1_000, tokens: 11, finish: "stop" }, one);
    await metered.runner.generate(job, handlers, never);
  };
  return { answer, measured: metered.meter.measured };
}

test("nothing is claimed before a first answer, nor from one too short or broken off", async () => {
  const { answer, measured } = timed();
  await answer({ tokens: 7 });
  await answer({ finish: "cancelled" });
  expect(measured()).toBeNull();
});

test("speed is that of the tokens after the first, and figures are medians", async () => {
  const { answer, measured } = timed();
  await answer({});
  expect(measured()).toEqual({ answers: 1, tokensPerSecond: 10, timeToFirstTokenMs: 100 });
  await answer({ restMs: 500, firstMs: 300 });
  expect(measured()).toEqual({ answers: 2, tokensPerSecond: 15, timeToFirstTokenMs: 200 });
  await answer({ restMs: 100_000, firstMs: 9_000 });
  expect(measured()).toEqual({ answers: 3, tokensPerSecond: 10, timeToFirstTokenMs: 300 });
});
