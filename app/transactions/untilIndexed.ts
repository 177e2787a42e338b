import type { AppConfig } from "#protocol/config.ts";
import { indexerOf } from "../data/indexer.ts";
import { isDegraded, learn, onNetwork, readNetwork } from "../data/network.ts";

const askEveryMs = 1_000;
const patienceMs = 60_000;

/**
 * Waits until the indexer has folded in `block`. False where it is silent, or silent for too long: the chain has the
 * transaction all the same.
 */
export async function untilIndexed(config: AppConfig, block: number): Promise<boolean> {
  const reached = () => (readNetwork().indexed ?? -1) >= block;
  if (reached()) return true;
  return new Promise((resolve) => {
    const stop = new AbortController();
    const end = (indexed: boolean) => {
      clearInterval(timer);
      clearTimeout(limit);
      letGo();
      stop.abort();
      resolve(indexed);
    };
    const look = () => {
      if (reached()) end(true);
      else if (isDegraded(readNetwork())) end(false);
    };
    const letGo = onNetwork(look);
    const limit = setTimeout(() => end(false), patienceMs);
    const timer = setInterval(() => {
      indexerOf(config)
        .then((indexer) => indexer.ready({ signal: stop.signal }))
        .then(
          ({ indexed }) => {
            if (indexed !== null) learn({ indexed });
          },
          () => look(),
        );
    }, askEveryMs);
  });
}
