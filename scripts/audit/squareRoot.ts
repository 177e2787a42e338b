/** Largest whole number whose square is at most `value`, by halving: another way than the law's own code takes. */
export function squareRoot(value: bigint): bigint {
  let low = 0n;
  let high = 1n;
  while (high * high <= value) high *= 2n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle * middle <= value) low = middle;
    else high = middle;
  }
  return low;
}
