import { setTimeout as pause } from "node:timers/promises";
import { RetryableError } from "#protocol/errors.ts";
import { WrongChainError } from "./chain/errors.ts";
import type { ServeOptions } from "./serve.ts";
import { databaseName } from "./store/openBackend.ts";
import type { Store } from "./store/store.ts";
import type { PositionRow } from "./store/tables.ts";

const LOOK_MS = 1_000;

/**
 * What a process does beside answering that never writes: it makes sure that the database is the one meant, once that can
 * be read, and waits for `signal`. Rejects for what waiting cannot mend.
 */
export async function onlyRead(store: Store, options: ServeOptions, signal: AbortSignal): Promise<void> {
  let seen = false;
  while (!signal.aborted) {
    if (!seen) {
      try {
        await store.check();
        const standing = await store.standing();
        if (standing !== undefined) refuseOther(standing, options);
        seen = standing !== undefined;
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
      }
    }
    await pause(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}

function refuseOther(standing: PositionRow, { chainId, factory, nodeRegistry, file }: ServeOptions): void {
  const wanted = { chainId, factory, nodeRegistry };
  for (const [name, value] of Object.entries(wanted)) {
    const found = standing[name as keyof typeof wanted];
    if (value === undefined || value === found) continue;
    throw new WrongChainError("The database belongs to another chain or other contracts.", {
      metaMessages: [`Database: ${databaseName(file)}`, `${name}: ${found} in the database, ${value} asked for`],
    });
  }
}
