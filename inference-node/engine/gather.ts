/** Keeps answers that grow at the same time in step, so that their next tokens are evaluated in one go. */
export type Gather = {
  /** Waits until nobody's next token is being made. Those who wait go on in the order of their places. */
  readonly turn: (place: number) => Promise<void>;
  /** Says that a token is being made, until `token` settles; returns it. A first token, whose prompt is read, is not said. */
  readonly making: <T>(token: Promise<T>) => Promise<T>;
};

/**
 * Lets several answers ask for their next tokens together.
 *
 * Each has its token sampled by itself, and those who ask again at once leave the last one behind, to be evaluated
 * alone. The order counts too: llama.cpp evaluates only neighbouring sequences together, and only from low to high.
 */
export function createGather(): Gather {
  const waiting = new Map<number, () => void>();
  let made = 0;

  const look = (): void => {
    if (made > 0 || waiting.size === 0) return;
    const going = [...waiting].sort(([one], [other]) => one - other);
    waiting.clear();
    for (const [, go] of going) go();
  };

  return {
    turn: (place) =>
      new Promise((resolve) => {
        waiting.set(place, resolve);
        // Only when the batch before is over in every respect: until then, it takes on whoever asks, one by one.
        setImmediate(look);
      }),
    making(token) {
      made += 1;
      return token.finally(() => {
        made -= 1;
        setImmediate(look);
      });
    },
  };
}
