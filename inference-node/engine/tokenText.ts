/** Turns token ids into text; `before` are the tokens that came just before them. */
export type Detokenize = (tokens: readonly number[], before: readonly number[]) => string;

/** Longest character of UTF-8 is 4 bytes, so no honest run of unfinished byte tokens is longer than this. */
const longestUnfinished = 8;

/**
 * Decodes tokens one at a time without tearing characters apart.
 *
 * A token may end in the middle of a character; its text is kept back until the character is whole. `prompt` gives
 * the tokenizer its context for the first token's leading space.
 */
export function createTokenText(
  detokenize: Detokenize,
  prompt: readonly number[],
): { readonly push: (token: number) => string; readonly end: () => string } {
  const before = prompt.slice(-4);
  let pending: number[] = [];

  const flush = (): string => {
    if (pending.length === 0) return "";
    const text = detokenize(pending, before);
    before.push(...pending);
    before.splice(0, Math.max(0, before.length - 4));
    pending = [];
    return text;
  };

  return {
    push(token) {
      pending.push(token);
      const unfinished = detokenize(pending, before).endsWith("\ufffd");
      return unfinished && pending.length < longestUnfinished ? "" : flush();
    },
    end: flush,
  };
}
