import { appConfigSchema } from "#protocol/config.ts";
import { endpoints, refusal } from "#protocol/endpoints.ts";
import { createIndexerClient, type IndexerClient } from "#protocol/indexerClient.ts";

/** What may come in from outside. In a chunk of its own, so that the first paint does not wait for zod. */
export const shapes = { config: appConfigSchema };

/** Asks nothing twice: whoever asks has another way, or asks again. */
export function openIndexer(url: string): IndexerClient {
  return createIndexerClient({ url, retries: 0, loadShapes: async () => ({ endpoints, refusal }) });
}
