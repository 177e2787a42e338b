import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { test } from "vitest";
import { bareHex } from "#protocol/hashing.ts";
import { createManifestFetcher } from "../../../indexer/manifests/createManifestFetcher.ts";
import { until } from "../../support/until.ts";
import {
  CONTEST,
  contestCreated,
  createMemoryStore,
  FACTORY,
  headerOf,
  placed,
  submitted,
  TOKENS,
  word,
} from "./memoryStore.ts";

test("a manifest that failed is asked for again, also where new entries come while it rests", async () => {
  const store = await createMemoryStore();
  const header = headerOf(1, 100);
  const events = [placed(header, 0, FACTORY, contestCreated()), placed(header, 1, CONTEST, submitted(1))];
  await store.commit({ headers: [header], events, finalized: 0, tokens: TOKENS });
  const asked: (string | undefined)[] = [];
  const source = createServer(({ url }, response) => {
    asked.push(url);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => source.listen(0, "127.0.0.1", resolve));
  const log = pino({ level: "warn" }, { write: () => fetcher.wake() });
  const fetcher = createManifestFetcher({
    store,
    manifestBases: [`http://127.0.0.1:${(source.address() as AddressInfo).port}`],
    allowPrivate: true,
    now: Date.now,
    onChange: () => {},
    // It says that the manifest failed, and hears at once that there are new entries.
    log,
  });
  const stop = new AbortController();
  const running = fetcher.run(stop.signal);
  try {
    const path = `/manifests/${bareHex(word(1_001))}`;
    await until("it to be asked for again", () => asked.filter((url) => url === path).length > 1);
  } finally {
    stop.abort();
    await running;
    await new Promise((resolve) => source.close(resolve));
    await store.close();
  }
});
