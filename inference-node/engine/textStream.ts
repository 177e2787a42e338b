/** The text of an answer as it grows: `push` returns what may be shown now, `stopped` whether a stop string ended it. */
export type TextStream = {
  readonly push: (piece: string) => { readonly text: string; readonly stopped: boolean };
  readonly end: () => string;
};

/**
 * Holds back the tail of an answer while it could still become one of the stop strings.
 *
 * `stop`: strings that end the answer and are not part of it; empty ones are ignored.
 */
export function createTextStream(stop: readonly string[]): TextStream {
  const stops = stop.filter((text) => text.length > 0);
  let held = "";
  let over = false;

  return {
    push(piece) {
      if (over) return { text: "", stopped: true };
      held += piece;
      const cut = firstStop(held, stops);
      if (cut !== -1) {
        const text = held.slice(0, cut);
        held = "";
        over = true;
        return { text, stopped: true };
      }
      const keep = longestStart(held, stops);
      const text = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { text, stopped: false };
    },
    end() {
      const text = held;
      held = "";
      return text;
    },
  };
}

function firstStop(text: string, stops: readonly string[]): number {
  const found = stops.map((stop) => text.indexOf(stop)).filter((at) => at !== -1);
  return found.length === 0 ? -1 : Math.min(...found);
}

/** Length of the longest tail of `text` that is a proper start of a stop string. */
function longestStart(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (stop.startsWith(text.slice(text.length - length))) longest = length;
    }
  }
  return longest;
}
