import { expect, test } from "vitest";
import { pullPeak } from "../../support/pullPeak.ts";

const MiB = 2 ** 20;
/** Megabytes: what the collector leaves lying about differs from run to run; the file is longer by 235. */
const margin = 60;

test("a pull of a file eight times as long holds no more memory", async () => {
  const short = await pullPeak(32 * MiB);
  const long = await pullPeak(256 * MiB);
  expect(long, `32 MiB: ${short} MB, 256 MiB: ${long} MB`).toBeLessThan(short + margin);
});
