/**
 * Calls `stop` once when this process should end: on SIGINT or SIGTERM, or when whoever started it is gone (its IPC
 * channel closes, or its end of stdin where `untilStdinCloses` says so).
 */
export function onStop(stop: () => void, untilStdinCloses: boolean): void {
  process.once("SIGINT", stop).once("SIGTERM", stop);
  process.once("disconnect", stop);
  // It may have gone while we were being read, before anybody listened.
  if (process.connected === false) stop();
  if (untilStdinCloses) process.stdin.once("end", stop).once("error", stop).resume();
}
