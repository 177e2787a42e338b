import { describe, expect, test } from "vitest";
import { createReadersPipe } from "../../../inference-node/serve/streamAnswer.ts";

function pipe() {
  const clock = { ms: 0 };
  const state = { cut: 0 };
  const made = createReadersPipe(
    () => (state.cut += 1),
    () => clock.ms,
  );
  return { ...made, clock, state };
}

describe("a reader", () => {
  test("who keeps up is never cut", async () => {
    const { stream, write, clock, state } = pipe();
    let read = 0;
    stream.on("data", (piece: Buffer) => (read += piece.length)).resume();
    for (let i = 0; i < 100; i++) {
      write("x".repeat(10_000));
      clock.ms += 10_000;
      await new Promise(setImmediate);
    }
    expect(read).toBe(1_000_000);
    expect(state.cut).toBe(0);
  });

  test("for whom too much text piles up is cut", () => {
    const { write, state } = pipe();
    for (let i = 0; i < 26; i++) write("x".repeat(10_000));
    expect(state.cut).toBe(0);
    for (let i = 0; i < 3; i++) write("x".repeat(10_000));
    expect(state.cut).toBeGreaterThan(0);
  });

  test("who reads nothing for half a minute is cut", () => {
    const { write, clock, state } = pipe();
    write("x");
    clock.ms += 29_000;
    write("x");
    expect(state.cut).toBe(0);
    clock.ms += 2_000;
    write("x");
    expect(state.cut).toBe(1);
  });
});
