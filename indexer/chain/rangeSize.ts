const LARGEST = 10_000;
const FIRST = 200;
/** Logs in one range: what is folded in one transaction, and held in memory. */
const LOGS_WANTED = 5_000;
/** Answers in a row before a size that was refused is tried again. */
const TRUST_AFTER = 50;

/** How many blocks to ask for at once: grows while answers are small, halves and stays there when one is refused. */
export function createRangeSize() {
  let blocks = FIRST;
  let ceiling = LARGEST;
  let answers = 0;
  return {
    blocks: () => blocks,
    /** A range of `span` blocks with this many logs was answered; others may have been asked for since. */
    answered(logs: number, span: number): void {
      answers += 1;
      if (answers % TRUST_AFTER === 0) ceiling = Math.min(LARGEST, ceiling * 2);
      if (logs > LOGS_WANTED) blocks = Math.max(1, Math.min(blocks, Math.floor((span * LOGS_WANTED) / logs)));
      else if (logs < LOGS_WANTED / 2) blocks = Math.min(ceiling, Math.max(blocks, span * 2));
    },
    /** A range was refused or took too long. Returns whether a smaller one is left to try. */
    refused(): boolean {
      if (blocks === 1) return false;
      blocks = Math.max(1, blocks >> 1);
      ceiling = blocks;
      answers = 0;
      return true;
    },
  };
}
