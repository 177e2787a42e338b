import type { AppConfig } from "#protocol/config.ts";
import { BaseError } from "#protocol/errors.ts";
import type { IndexerClient } from "#protocol/indexerClient.ts";
import { loadShapes } from "./loadShapes.ts";

/** This deployment's indexer. Its client comes with the schemas, which the configuration waited for already. */
export async function indexerOf({ indexerUrl }: AppConfig): Promise<IndexerClient> {
  return (await loadShapes()).openIndexer(indexerUrl);
}

/** Whether the indexer knows of no such thing. By the name: the class itself comes after the first paint. */
export function isNotFound(error: unknown): boolean {
  return error instanceof BaseError && error.name === "NotFoundError";
}
