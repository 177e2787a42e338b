import { project } from "../../../indexer/project/project.ts";
import { openBackend } from "../../../indexer/store/openBackend.ts";
import { createStore } from "../../../indexer/store/store.ts";
import { tell } from "../../../indexer/stream/tell.ts";
import { dump } from "../../unit/indexer/memoryStore.ts";

/** Everything that the fold wrote into a database that no indexer writes now. */
export async function readIndex(db: string): Promise<Record<string, unknown[]>> {
  const store = createStore({ backend: openBackend(db), project, tell });
  try {
    return await dump(store);
  } finally {
    await store.close();
  }
}
