import type { ModelRunner } from "./modelRunner.ts";

export type Measured = {
  readonly answers: number;
  readonly tokensPerSecond: number;
  readonly timeToFirstTokenMs: number;
};

/** How fast a model answered lately. */
export type Meter = {
  /** Medians over the newest answers; null before the first that was long enough to tell. */
  readonly measured: () => Measured | null;
};

type Sample = { readonly tokensPerSecond: number; readonly firstTokenMs: number };

const kept = 64;
/** Fewer tokens tell nothing about speed. */
const leastTokens = 8;

/**
 * A runner whose answers are timed. A sample's rate is that of the tokens after the first text, so that neither the
 * prompt nor waiting in line is in it; the time to the first token has both, as a client feels it. `now`: milliseconds.
 */
export function meterRunner(
  runner: ModelRunner,
  now: () => number = () => performance.now(),
): { readonly runner: ModelRunner; readonly meter: Meter } {
  const samples: Sample[] = [];
  const generate: ModelRunner["generate"] = async (job, handlers, signal) => {
    const asked = now();
    let first: number | null = null;
    const answered = await runner.generate(
      job,
      {
        ...handlers,
        onText(text) {
          first ??= now();
          handlers.onText(text);
        },
      },
      signal,
    );
    const ended = now();
    if (first !== null && answered.finish !== "cancelled" && answered.tokens.length >= leastTokens && ended > first) {
      const tokensPerSecond = ((answered.tokens.length - 1) * 1_000) / (ended - first);
      samples.push({ tokensPerSecond, firstTokenMs: first - asked });
      if (samples.length > kept) samples.shift();
    }
    return answered;
  };
  return {
    runner: { ...runner, generate },
    meter: {
      measured: () =>
        samples.length === 0
          ? null
          : {
              answers: samples.length,
              tokensPerSecond: median(samples.map((sample) => sample.tokensPerSecond)),
              timeToFirstTokenMs: median(samples.map(({ firstTokenMs }) => firstTokenMs)),
            },
    },
  };
}

/** Of a list that is not empty. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
