import type { Logger } from "pino";
import { shortMessageOf } from "#protocol/errors.ts";
import { putRow } from "../store/backend.ts";
import type { OlderVersion } from "../store/olderVersion.ts";
import type { Store } from "../store/store.ts";
import type { ManifestRow } from "../store/tables.ts";
import { manifests, writer } from "../store/tables.ts";
import { readManifest } from "./readManifest.ts";

/** Manifests in one transaction. */
const AT_ONCE = 100;

type TakeOverOptions = {
  readonly store: Store;
  readonly findOlder: () => Promise<OlderVersion | undefined>;
  readonly log: Pick<Logger, "info" | "warn">;
};

/**
 * Takes over what an older version fetched, while this one is built: sources may be gone by now. Each manifest is checked
 * as if it were fetched. What cannot be taken over is fetched anew.
 */
export async function takeOverManifests({ store, findOlder, log }: TakeOverOptions): Promise<void> {
  let older: OlderVersion | undefined;
  try {
    const said = await store.read((rows) => rows.get(writer, [1]));
    if ((said?.completed ?? null) !== null) return;
    older = await findOlder();
    if (older === undefined) return;
    const taken = await takeOver(store, older);
    if (taken > 0) log.info({ version: older.version, taken }, "manifests taken over from the older version");
  } catch (error) {
    log.warn({ problem: shortMessageOf(error) }, "manifests of the older version cannot be taken over");
  } finally {
    await older?.backend.close();
  }
}

async function takeOver(store: Store, { backend }: OlderVersion): Promise<number> {
  const present = `SELECT "manifestHash" FROM "manifests" WHERE "body" IS NOT NULL`;
  const known = new Set((await store.read((rows) => rows.list(present))).map(([hash]) => String(hash)));
  let taken = 0;
  for (let after = ""; ; ) {
    const page = `"body" IS NOT NULL AND "manifestHash" > ? ORDER BY "manifestHash" LIMIT ${AT_ONCE}`;
    const found = await backend.read((rows) => rows.select(manifests, page, after));
    const right = found.filter((row) => !known.has(row.manifestHash) && isRight(row));
    if (right.length > 0) await store.write(async () => [putRow(manifests, ...right)]);
    taken += right.length;
    const last = found.at(-1);
    if (last === undefined) return taken;
    after = last.manifestHash;
  }
}

/** Whether it has the hash that it is kept under, and keeps the rules of this version. */
function isRight({ manifestHash, body }: ManifestRow): boolean {
  try {
    return body !== null && readManifest(new TextEncoder().encode(body), manifestHash) === body;
  } catch {
    return false;
  }
}
