/**
 * What the indexer makes of a million stakes: `npm run bench:indexer -- --events 1000000`. A static endpoint in a process of
 * its own replays them. Prints tables, and JSON as last line; the committed figures are in indexer.md.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { wholeNumberOption } from "../../scripts/cli/arguments.ts";
import { measureApi } from "./measureApi.ts";
import { measureCold, measureFloor } from "./measureCold.ts";
import { measureLive } from "./measureLive.ts";
import { measureOnPostgres } from "./measureOnPostgres.ts";
import { measureStore } from "./measureStore.ts";
import { startStaticChain } from "./startStaticChain.ts";

const { events, seconds } = new Command("bench:indexer")
  .description(
    "Measures the indexer: cold sync beside its floors, live, API, growth. The committed figures: test/bench/indexer.md",
  )
  .option("--events <number>", "stakes of the cold sync", wholeNumberOption, 1_000_000)
  .option("--seconds <number>", "of each live run and of the API's", wholeNumberOption, 20)
  .addHelpText("after", "\nExample: npm run bench:indexer -- --events 20000 --seconds 4")
  .parse()
  .opts<{ events: number; seconds: number }>();
/** Blocks that the live runs mine after the cold sync. */
const LIVE_BLOCKS = 20 * seconds;
const EVENTS_A_BLOCK = 20;
/** Each takes several times as long there. */
const MOST_ON_POSTGRES = 100_000;

const folder = mkdtempSync(join(tmpdir(), "coindrop-bench-"));
const chain = await startStaticChain(events + 2 * LIVE_BLOCKS * EVENTS_A_BLOCK, join(folder, "chain.json"));
try {
  const line = (label: string, ...cells: readonly (string | number)[]) =>
    console.log(`  ${label.padEnd(44)}${cells.map((cell) => String(cell).padStart(12)).join("")}`);
  console.log(`\n  ${availableParallelism()} cores; times of ${events} stakes, the kinds alternated\n`);
  line("", "seconds", "events/s", "µs/event");
  const row = (label: string, count: number, ms: number) =>
    line(label, (ms / 1_000).toFixed(2), Math.round((count / ms) * 1_000), ((ms * 1_000) / count).toFixed(1));

  const growth: { readonly events: number; readonly microseconds: number }[] = [];
  for (const size of [10_000, 100_000, 1_000_000].filter((size) => size < events)) {
    const { ms } = await measureCold(chain, { events: size, db: join(folder, `${size}.sqlite`) });
    row(`cold sync of ${size}`, size, ms);
    growth.push({ events: size, microseconds: (ms * 1_000) / size });
  }
  // Before the rest: it sets the chain's head back.
  const some = Math.min(events, MOST_ON_POSTGRES);
  const onPostgres = await measureOnPostgres(chain, { events: some, folder, installed: process.env["PONDER"] });
  for (const { label, ms, peakMb } of onPostgres.measured) {
    row(`${label}, ${some}`, some, ms);
    line("    peak of its memory, MB", peakMb);
  }
  for (const { label, why } of onPostgres.missing) line(label, ` ${why}`);
  const floor = [await measureFloor(chain, events, "raw")];
  const store = [await measureStore({ events, file: join(folder, "store.sqlite") })];
  const file = join(folder, "cold.sqlite");
  const cold = await measureCold(chain, { events, db: file });
  store.push(await measureStore({ events, file: join(folder, "again.sqlite") }));
  floor.push(await measureFloor(chain, events, "raw"));
  const generic = await measureFloor(chain, events, "viem");
  growth.push({ events, microseconds: (cold.ms * 1_000) / events });
  const [floorMs, storeMs] = [mean(floor), mean(store)];
  row("floor: getLogs, JSON, raw decode; no store", events, floorMs);
  row("SQLite alone: the same rows, no chain, no fold", events, storeMs);
  row("the same with viem's decodeEventLog", events, generic);
  row("cold sync", events, cold.ms);
  line("cold sync, share of the floor's speed", (floorMs / cold.ms).toFixed(2));
  line("the same of floor and SQLite one after another", ((floorMs + storeMs) / cold.ms).toFixed(2));

  const live = await measureLive(chain, { file, blocks: LIVE_BLOCKS, listeners: 10 });
  const crowd = await measureLive(chain, { file, blocks: LIVE_BLOCKS, listeners: 1_000 });
  console.log("\n  mined → pushed, 20 blocks a second of 20 stakes each\n");
  line("", "p50 ms", "p99 ms", "MB");
  line("10 listeners", live.p50.toFixed(1), live.p99.toFixed(1), live.peakMb);
  line("1,000 listeners", crowd.p50.toFixed(1), crowd.p99.toFixed(1), crowd.peakMb);

  const api = await measureApi(chain, { file, seconds });
  console.log(`\n  GET ranking of 1,000 entries (${Math.round(api.bytes / 1_000)} kB), 500 requests a second\n`);
  line("", "p50 ms", "p99 ms", "answered/s");
  line("indexer", api.indexer.p50, api.indexer.p99, api.indexer.rate);
  line("the same framework, a constant of that size", api.constant.p50, api.constant.p99, api.constant.rate);

  const [small] = growth;
  const large = growth.at(-1);
  console.log("");
  console.log(
    JSON.stringify({
      bench: "indexer",
      events,
      coldVsFloor: round(floorMs / cold.ms),
      coldVsFloorAndStore: round((floorMs + storeMs) / cold.ms),
      peakRssMb: Math.max(cold.peakMb, live.peakMb),
      liveP50Ms: round(live.p50),
      liveP99Ms: round(live.p99),
      apiP99Ms: api.indexer.p99,
      growth10kTo1M: round((large?.microseconds ?? 0) / (small?.microseconds ?? 1)),
    }),
  );
} finally {
  chain.stop();
  rmSync(folder, { recursive: true, force: true });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
