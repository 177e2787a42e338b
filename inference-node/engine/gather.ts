/** Milliseconds. Sampling one token takes a fraction of one; whoever takes longer is reading a prompt. */
const patience = 2;

/** Keeps those who want their next token together. */
export type Gather = {
  /** Says that a token is waited for. */
  readonly ask: () => void;
  /** Says that it came, and waits for the others that asked, for a moment at most. */
  readonly got: () => Promise<void>;
};

/**
 * Lets several answers ask for their next tokens in one go.
 *
 * Each has its token sampled by itself, and those who ask again at once leave the last one behind, to be evaluated
 * alone. A batch of eight costs far less than one of seven and one of one.
 */
export function createGather(): Gather {
  let asked = 0;
  let next = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;

  const go = (): void => {
    clearTimeout(timer);
    timer = undefined;
    next.resolve();
    next = Promise.withResolvers<void>();
  };

  return {
    ask() {
      asked += 1;
    },
    got() {
      asked -= 1;
      const { promise } = next;
      if (asked <= 0) go();
      else timer ??= setTimeout(go, patience);
      return promise;
    },
  };
}
