/** Milliseconds from a clock that nobody sets, for how long ago something was in this process. */
export function monotonic(): number {
  return performance.now();
}
