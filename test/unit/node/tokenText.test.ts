import { describe, expect, test } from "vitest";
import { createTokenText } from "../../../inference-node/engine/tokenText.ts";

/** A tokenizer whose tokens are single bytes. */
const bytesToText = (tokens: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(tokens));

describe("tokens as text", () => {
  test("a character of three tokens appears whole, with its last token", () => {
    const text = createTokenText(bytesToText, []);
    const bytes = [...new TextEncoder().encode("a€b")];
    expect(bytes.map((byte) => text.push(byte))).toEqual(["a", "", "", "€", "b"]);
    expect(text.end()).toBe("");
  });

  test("what stays torn is shown at the end as what it is", () => {
    const text = createTokenText(bytesToText, []);
    expect(text.push(0xe2)).toBe("");
    expect(text.end()).toBe("\ufffd");
  });

  test("a run of broken bytes is not held back for ever", () => {
    const text = createTokenText(bytesToText, []);
    const shown = Array.from({ length: 20 }, () => text.push(0xff)).join("");
    expect(shown.length).toBeGreaterThanOrEqual(16);
  });

  test("the tokenizer is told what came before", () => {
    const seen: (readonly number[])[] = [];
    const text = createTokenText(
      (tokens, before) => {
        seen.push([...before]);
        return tokens.map(String).join("");
      },
      [1, 2, 3, 4, 5, 6],
    );
    text.push(7);
    text.push(8);
    expect(seen[0]).toEqual([3, 4, 5, 6]);
    expect(seen.at(-1)).toEqual([4, 5, 6, 7]);
  });
});
