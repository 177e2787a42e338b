import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { project } from "../../../indexer/project/project.ts";
import { activity, challenges, entries } from "../../../indexer/project/tables.ts";
import { createPostgresBackend } from "../../../indexer/store/postgresBackend.ts";
import type { Store } from "../../../indexer/store/store.ts";
import { describeFold } from "../../support/describeFold.ts";
import { startPostgres } from "../../support/postgres.ts";
import { until } from "../../support/until.ts";
import {
  CONTEST,
  contestCreated,
  createStoreIn,
  dump,
  FACTORY,
  headerOf,
  placed,
  submitted,
  TIMES,
  TOKENS,
} from "../../unit/indexer/memoryStore.ts";

let postgres: Awaited<ReturnType<typeof startPostgres>>;
let made = 0;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

/** A store in a schema of its own. */
function open(fold?: typeof project): Promise<Store> {
  made += 1;
  return createStoreIn(createPostgresBackend(postgres.url, `store_${made}`), fold);
}

describeFold("the fold in Postgres", open, 0.03);

describe("Postgres", () => {
  const header = headerOf(1, TIMES.entriesOpen);
  const events = [placed(header, 0, FACTORY, contestCreated()), placed(header, 1, CONTEST, submitted(1))];
  const range = { headers: [header], finalized: 0, tokens: TOKENS };

  test("keeps any text that somebody may submit", async () => {
    const store = await open();
    const manifestURI = "a\u0000b\u0010c\u00100\uFFFD\u{1F980}'\"\\{},NULL";
    const hostile = { ...submitted(1), manifestURI } as ReturnType<typeof submitted>;
    await store.commit({ ...range, events: [events[0] as never, placed(header, 1, CONTEST, hostile)] });
    const [row] = await store.read((rows) => rows.select(entries, `"manifestURI" = ?`, manifestURI));
    expect(row?.manifestURI).toBe(manifestURI);
    await store.close();
  });

  test("answers from one moment, whatever is written meanwhile", async () => {
    const store = await open();
    const seen = await store.read(async (rows) => {
      const before = await rows.select(activity, "TRUE");
      await store.commit({ ...range, events });
      return [before.length, (await rows.select(activity, "TRUE")).length];
    });
    expect(seen).toEqual([0, 0]);
    expect(await store.read((rows) => rows.select(activity, "TRUE"))).toHaveLength(1);
    await store.close();
  });

  test("has one writer; the next one goes on where it ended", async () => {
    const first = await open();
    const schema = `store_${made}`;
    const second = createPostgresBackend(postgres.url, schema);
    await expect(second.claim()).rejects.toThrow("Another indexer is writing this database");
    await expect(second.write(async () => [])).rejects.toThrow("Another indexer is writing this database");
    let heard = 0;
    const unwatch = second.watch(() => {
      heard += 1;
    });
    await until("it listens", () => heard > 0);
    const known = heard;
    await first.commit({ ...range, events });
    await until("it hears of the write", () => heard > known);
    await first.close();
    await until("the right is free", () =>
      second.claim().then(
        () => true,
        () => false,
      ),
    );
    expect(await second.read((rows) => rows.select(entries, "TRUE"))).toHaveLength(1);
    await unwatch();
    await second.close();
  });

  test("holds a new version's index beside the old one's, each with a writer of its own, until the old one is stopped", async () => {
    const old = await open();
    await old.commit({ ...range, events });
    const fresh = await open();
    expect([old.leads(), fresh.leads()]).toEqual([true, true]);
    expect((await fresh.standing())?.block).toBe(0);
    const later = { ...range, headers: [headerOf(2, TIMES.votesOpen)], events: [] };
    await old.commit(later);
    await fresh.commit({ ...range, events });
    await fresh.commit(later);
    expect(await dump(fresh)).toEqual(await dump(old));
    await old.close();
    expect((await fresh.standing())?.block).toBe(2);
    await fresh.close();
  });

  test("refuses a range that follows on another block than the database stands at", async () => {
    const store = await open();
    await store.commit({ ...range, events, after: headerOf(0, 0) });
    const late = { ...range, headers: [headerOf(2, TIMES.votesOpen)], events: [], after: headerOf(0, 0) };
    await expect(store.commit(late)).rejects.toThrow("Another indexer wrote up to block 1");
    await store.close();
  });

  test("restarted in the middle of the writing, loses nothing that was said to be kept", async () => {
    const store = await open();
    await postgres.stop();
    await expect(store.commit({ ...range, events })).rejects.toThrow("The database does not answer.");
    await expect(store.standing()).rejects.toThrow("The database does not answer.");
    await postgres.start();
    await store.commit({ ...range, events });
    expect((await store.standing())?.block).toBe(1);
    expect(await store.read((rows) => rows.select(challenges, "TRUE"))).toEqual([]);
    await store.close();
  });
});
