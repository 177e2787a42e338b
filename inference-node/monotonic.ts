/** Milliseconds from a clock that nobody sets, for how long something is to wait or took in this process. */
export function monotonic(): number {
  return performance.now();
}
