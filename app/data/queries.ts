import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Address } from "viem";
import type { AppConfig } from "#protocol/config.ts";
import { RetryableError } from "#protocol/errors.ts";
import type { At } from "#protocol/http.ts";
import type { IndexerClient } from "#protocol/indexerClient.ts";
import { setClock } from "./clock.ts";
import { indexerOf } from "./indexer.ts";
import { keys } from "./keys.ts";
import { rememberManifests } from "./knownManifests.ts";
import { isDegraded, learn, readNetwork } from "./network.ts";

/** Who answered. The chain knows no names, no voters' count and no history. */
export type From = "indexer" | "chain";
export type Sourced<T> = T & { readonly from: From };

type ChainReader = typeof import("../chain/readContest.ts");

/** How long the indexer alone is waited for; after that the chain is asked beside it, and the first to answer wins. */
const patienceMs = 2_500;

/**
 * Asks the indexer; where it is silent, slow or behind, reads the same facts from the chain. `fallback` is loaded only
 * then.
 */
async function ask<T extends { readonly at: At }>(
  config: AppConfig,
  fromIndexer: (indexer: IndexerClient) => Promise<T>,
  fallback: (chain: ChainReader) => Promise<T>,
): Promise<Sourced<T>> {
  const fromChain = async (): Promise<Sourced<T>> => ({
    ...(await fallback(await import("../chain/readContest.ts"))),
    from: "chain",
  });
  if (isDegraded(readNetwork())) return fromChain();

  const slow = Promise.withResolvers<"slow">();
  const timer = setTimeout(() => slow.resolve("slow"), patienceMs);
  const asked = indexerOf(config)
    .then(fromIndexer)
    .then((answer): Sourced<T> => {
      setClock(answer.at.block.timestamp);
      if (readNetwork().head === null)
        learn({ head: answer.at.block, indexed: answer.at.block.number, finalized: answer.at.finalized });
      return { ...answer, from: "indexer" };
    });
  try {
    const first = await Promise.race([asked, slow.promise]);
    if (first !== "slow") return first;
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    return fromChain();
  } finally {
    clearTimeout(timer);
  }
  return Promise.any([asked, fromChain()]).catch(() => asked);
}

export function contestsQuery(config: AppConfig) {
  return queryOptions({
    queryKey: keys.contests,
    queryFn: ({ signal }) =>
      ask(
        config,
        (indexer) => indexer.contests({ signal }),
        (chain) => chain.readContests(config),
      ),
  });
}

export function contestQuery(config: AppConfig, contest: Address) {
  return queryOptions({
    queryKey: keys.contest(contest),
    queryFn: ({ signal }) =>
      ask(
        config,
        (indexer) => indexer.contest({ contest, signal }),
        (chain) => chain.readContest(config, contest),
      ),
  });
}

export function entriesQuery(config: AppConfig, contest: Address) {
  return queryOptions({
    queryKey: keys.entries(contest),
    queryFn: ({ signal }) =>
      ask(
        config,
        (indexer) => indexer.entries({ contest, signal }),
        (chain) => chain.readEntries(config, contest),
      ).then((answer) => {
        if (answer.from === "indexer") rememberManifests(answer.entries);
        return answer;
      }),
  });
}

export function rankingQuery(config: AppConfig, contest: Address) {
  return queryOptions({
    queryKey: keys.ranking(contest),
    queryFn: ({ signal }) =>
      ask(
        config,
        (indexer) => indexer.ranking({ contest, signal }),
        (chain) => chain.readRanking(config, contest),
      ),
  });
}

export function voterQuery(config: AppConfig, contest: Address, wallet: Address) {
  return queryOptions({
    queryKey: keys.voter(contest, wallet),
    queryFn: ({ signal }) =>
      ask(
        config,
        (indexer) => indexer.voter({ contest, wallet, signal }),
        (chain) => chain.readVoter(config, contest, wallet),
      ),
  });
}

/** History is the indexer's alone. `buckets` is how many points in time the chart asks for. */
export function historyQuery(config: AppConfig, contest: Address, buckets: number) {
  return queryOptions({
    queryKey: [...keys.history(contest), buckets],
    queryFn: ({ signal }) => indexerOf(config).then((indexer) => indexer.history({ contest, buckets, signal })),
  });
}

export function nodesQuery(config: AppConfig) {
  return queryOptions({
    queryKey: keys.nodes,
    queryFn: ({ signal }) => indexerOf(config).then((indexer) => indexer.nodes({ signal })),
  });
}

/** What happened, newest first, by pages. `entry`: only what concerns it, or null for all. */
export function activityQuery(config: AppConfig, contest: Address, entry: number | null) {
  return infiniteQueryOptions({
    queryKey: keys.activity(contest, entry),
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }) =>
      indexerOf(config).then((indexer) =>
        indexer.activity({
          contest,
          limit: 50,
          entry: entry ?? undefined,
          before: pageParam ?? undefined,
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  });
}
