import type { Ready } from "#protocol/http.ts";
import { routes } from "#protocol/routes.ts";
import { loadShapes } from "./loadShapes.ts";

const patienceMs = 4_000;

/**
 * Asks the indexer how far it is. It answers 503 while it is behind, and says by how much in the same shape. Throws when
 * it does not answer.
 */
export async function askReady(indexerUrl: string, signal: AbortSignal): Promise<Ready> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const [response, shapes] = await Promise.all([
    fetch(`${indexerUrl}${routes.ready}`, { signal: limited }),
    loadShapes(),
  ]);
  return shapes.ready.parse(await response.json());
}
