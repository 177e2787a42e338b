/**
 * The first block with a contract's code, found by halving: 25 questions for a chain of 30 million blocks.
 *
 * `hasCode`: whether the contract was there at the end of a block. Null where it is not there at all, or where the
 * endpoint does not know: many keep no state of old blocks.
 */
export async function findDeployment(
  hasCode: (block: bigint) => Promise<boolean>,
  head: bigint,
): Promise<bigint | null> {
  try {
    if (!(await hasCode(head))) return null;
    let [first, last] = [0n, head];
    while (first < last) {
      const middle = (first + last) / 2n;
      if (await hasCode(middle)) last = middle;
      else first = middle + 1n;
    }
    return first;
  } catch {
    return null;
  }
}
