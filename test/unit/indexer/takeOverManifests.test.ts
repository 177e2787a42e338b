import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { toBytes32 } from "#protocol/hashing.ts";
import { takeOverManifests } from "../../../indexer/manifests/takeOverManifests.ts";
import { putRow } from "../../../indexer/store/backend.ts";
import { DatabaseAwayError } from "../../../indexer/store/DatabaseAwayError.ts";
import { openDatabase } from "../../../indexer/store/openDatabase.ts";
import { createSqliteBackend } from "../../../indexer/store/sqliteBackend.ts";
import type { Store } from "../../../indexer/store/store.ts";
import type { ManifestRow } from "../../../indexer/store/tables.ts";
import { manifests, writer } from "../../../indexer/store/tables.ts";
import { rightManifest } from "../../support/rightManifest.ts";
import { createMemoryStore, createStoreIn, word } from "./memoryStore.ts";

let store: Store;
let older: Store;
let logged: string[];
let options: Parameters<typeof takeOverManifests>[0];

beforeEach(async () => {
  store = await createMemoryStore();
  const backend = createSqliteBackend(openDatabase(":memory:"));
  older = await createStoreIn(backend);
  logged = [];
  const note = (_: object, words?: string) => void logged.push(words ?? "");
  options = {
    store,
    findOlder: async () => ({ version: 1, backend, unreadable: "another column" }),
    log: { info: note, warn: note },
  };
});
afterEach(() => store.close());

const put = (into: Store, ...rows: readonly ManifestRow[]) => into.write(async () => [putRow(manifests, ...rows)]);
const kept = () => store.read((rows) => rows.select(manifests, `TRUE ORDER BY "manifestHash"`));
function rowOf(name: string): ManifestRow {
  const { hash, body } = rightManifest(name);
  return { manifestHash: hash, body, reason: null, attempts: 3, nextAttempt: null };
}
const byHash = (rows: readonly ManifestRow[]) => rows.toSorted((a, b) => (a.manifestHash < b.manifestHash ? -1 : 1));

test("all that the older version has is taken over, though its other rows may be of another kind", async () => {
  // More than one transaction takes.
  const rows = Array.from({ length: 201 }, (_, index) => rowOf(`Haiku ${index}`));
  await put(older, ...rows);
  await takeOverManifests(options);
  expect(await kept()).toEqual(byHash(rows));
  expect(logged).toEqual(["manifests taken over from the older version"]);
});

test("what is not there, has another hash or breaks the rules is left to be fetched", async () => {
  const right = rowOf("Haiku");
  const broken = `{"version":1}`;
  const brokenHash = toBytes32(createHash("sha256").update(broken).digest());
  await put(
    older,
    right,
    { ...right, manifestHash: word(1) },
    { ...right, manifestHash: brokenHash, body: broken },
    { manifestHash: word(2), body: null, reason: "It was not found.", attempts: 5, nextAttempt: 1 },
  );
  await takeOverManifests(options);
  expect(await kept()).toEqual([right]);
});

test("what this version fetched by itself stays", async () => {
  const right = rowOf("Haiku");
  await put(older, right);
  await put(store, { ...right, attempts: 1 });
  await takeOverManifests(options);
  expect(await kept()).toEqual([{ ...right, attempts: 1 }]);
});

test("a version that is complete looks for nothing", async () => {
  await store.write(async () => [putRow(writer, { id: 1, head: 1, problem: null, saidAt: 0, completed: 1 })]);
  await takeOverManifests({ ...options, findOlder: () => Promise.reject(new Error("asked")) });
  expect(logged).toEqual([]);
  await older.close();
});

test("an older version that is away or has nothing to read is passed over with a word in the log", async () => {
  await takeOverManifests({ ...options, findOlder: async () => undefined });
  expect(logged).toEqual([]);
  const away = new DatabaseAwayError("The database does not answer.");
  await takeOverManifests({ ...options, findOlder: () => Promise.reject(away) });
  expect(logged).toEqual(["manifests of the older version cannot be taken over"]);
  await older.close();
});
