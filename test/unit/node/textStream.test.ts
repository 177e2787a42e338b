import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTextStream } from "../../../inference-node/engine/textStream.ts";

function read(pieces: readonly string[], stop: readonly string[]) {
  const stream = createTextStream(stop);
  const shown: string[] = [];
  let stopped = false;
  for (const piece of pieces) {
    const step = stream.push(piece);
    shown.push(step.text);
    stopped = step.stopped;
    if (stopped) break;
  }
  if (!stopped) shown.push(stream.end());
  return { text: shown.join(""), stopped, shown };
}

describe("a text stream with stop strings", () => {
  test("shows everything at once when there are none", () => {
    expect(read(["a", "bc"], []).shown).toEqual(["a", "bc", ""]);
    expect(read(["a"], [""]).text).toBe("a");
  });

  test("ends before a stop string that comes in pieces", () => {
    expect(read(["one", " EN", "D two"], [" END"])).toMatchObject({ text: "one", stopped: true });
  });

  test("holds back only what could become one, and lets it go when it does not", () => {
    expect(read(["a<", "b"], ["<end>"]).shown).toEqual(["a", "<b", ""]);
  });

  test("gives out at the end what it held back", () => {
    expect(read(["a<en"], ["<end>"])).toMatchObject({ text: "a<en", stopped: false });
  });

  test("takes the first of several that appear together", () => {
    expect(read(["x##y||z"], ["||", "##"]).text).toBe("x");
  });

  test("is, cut anywhere, the text up to the first stop string", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 30 });
    const stops = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 8 }), stops, (pieces, stop) => {
        const whole = pieces.join("");
        const cuts = stop.map((text) => whole.indexOf(text)).filter((at) => at >= 0);
        const { text } = read(pieces, stop);
        // Read piece by piece, a stop string that is complete earlier wins over one that begins earlier.
        if (cuts.length === 0) expect(text).toBe(whole);
        else expect(cuts).toContain(text.length);
        expect(whole.startsWith(text)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
