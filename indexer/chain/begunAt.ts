import type { Store } from "../store/store.ts";

/** The block before the first one that this database was to hold. */
export async function begunAt(store: Store): Promise<number> {
  return Number(await store.read((rows) => rows.cell(`SELECT min("number") FROM "blocks"`)));
}
