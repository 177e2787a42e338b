/** Blocks asked for at once; public endpoints commonly allow this many. */
const most = 10_000n;

/** Cuts a span of blocks, both ends included, into spans that an RPC endpoint answers. */
export function* blockRanges(
  from: bigint,
  to: bigint,
): Generator<{ readonly fromBlock: bigint; readonly toBlock: bigint }> {
  for (let start = from; start <= to; start += most) {
    const end = start + most - 1n;
    yield { fromBlock: start, toBlock: end < to ? end : to };
  }
}
