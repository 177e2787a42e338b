import type { Address, Hex } from "viem";
import { erc20Abi, parseAbiItem } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import type { AppConfig } from "#protocol/config.ts";
import type { Answer } from "#protocol/endpoints.ts";
import { RetryableError } from "#protocol/errors.ts";
import type { At, ContestView, EntryView, RankRow } from "#protocol/http.ts";
import { entryStatusOf, phaseAt } from "#protocol/rules.ts";
import { dividePot, rankEntries } from "#protocol/standings.ts";
import { displayedTally } from "#protocol/tally.ts";
import { windowOf } from "../contest/measure.ts";
import { setClock } from "../data/clock.ts";
import { recallManifest } from "../data/knownManifests.ts";
import { learn } from "../data/network.ts";
import { chainClient } from "./client.ts";
import { readChallenges } from "./readChallenges.ts";

/**
 * The same answers as the indexer's, read from the contract's own views. What only the events tell (voters, support,
 * times, history) is left at zero, and the pages do not show it while they read from here.
 */

const pageSize = 200n;
const zeroHash: Hex = `0x${"0".repeat(64)}`;
const submitted = parseAbiItem(
  "event EntrySubmitted(uint256 indexed entryId, address indexed author, bytes32 manifestHash, bytes32 modelSha256, bytes32 modelRoot, uint48 modelSize, string manifestURI)",
);

/** The chain's newest block. */
export async function readHead(config: AppConfig): Promise<{ readonly number: number; readonly timestamp: number }> {
  const { block } = await standAt(config);
  return block;
}

export async function readContests(config: AppConfig): Promise<Answer<"contests">> {
  const at = await standAt(config);
  return { at, contests: await Promise.all(config.contests.map((address) => contestAt(config, address, at))) };
}

export async function readContest(config: AppConfig, contest: Address): Promise<Answer<"contest">> {
  const at = await standAt(config);
  return { at, contest: await contestAt(config, contest, at) };
}

export async function readEntries(config: AppConfig, contest: Address): Promise<Answer<"entries">> {
  const at = await standAt(config);
  return { at, entries: await entriesAt(config, await contestAt(config, contest, at), at) };
}

export async function readRanking(config: AppConfig, address: Address): Promise<Answer<"ranking">> {
  const at = await standAt(config);
  const contest = await contestAt(config, address, at);
  const entries = await entriesAt(config, contest, at);
  const ranked = rankEntries(
    entries.map((entry) => ({ ...entry, score: BigInt(entry.score) })),
    { ...contest.rules, minTally: BigInt(contest.rules.minTally) },
  );
  const { prizes } = dividePot(BigInt(contest.pot), contest.rules.split, Math.min(10, ranked.length));
  const ranks = new Map(ranked.map(({ entryId }, index) => [entryId, index + 1]));
  const rows: RankRow[] = [
    ...ranked.map(({ entryId }) => entryId),
    ...entries.filter(({ entryId }) => !ranks.has(entryId)).map(({ entryId }) => entryId),
  ].flatMap((id) => {
    const entry = entries.find(({ entryId }) => entryId === id);
    if (entry === undefined) return [];
    const rank = ranks.get(id) ?? null;
    const { entryId, author, status, score, tally, weight, voters, support } = entry;
    const name = entry.manifest.state === "present" ? entry.manifest.manifest.name : null;
    const prize = rank === null ? 0n : (prizes[rank - 1] ?? 0n);
    return [
      {
        rank,
        rankBefore: rank,
        entryId,
        name,
        author,
        status,
        score,
        tally,
        weight,
        voters,
        support,
        prize: prize.toString(),
      },
    ];
  });
  const { countFrom, votesClose } = contest.rules;
  return { at, phase: contest.phase, window: { countFrom, votesClose }, rows };
}

export async function readVoter(config: AppConfig, address: Address, wallet: Address): Promise<Answer<"voter">> {
  const at = await standAt(config);
  const client = chainClient(config);
  const view = { address, abi: contestAbi, blockNumber: BigInt(at.block.number) } as const;
  const contest = await contestAt(config, address, at);
  const ids = Array.from({ length: contest.entryCount }, (_, index) => index + 1);
  const [stakes, credit, funded, entries] = await Promise.all([
    Promise.all(ids.map((id) => client.readContract({ ...view, functionName: "stakeOf", args: [wallet, BigInt(id)] }))),
    client.readContract({ ...view, functionName: "creditOf", args: [wallet] }),
    client.readContract({ ...view, functionName: "fundedBy", args: [wallet] }),
    Promise.all(ids.map((id) => client.readContract({ ...view, functionName: "entry", args: [BigInt(id)] }))),
  ]);
  return {
    at,
    voter: {
      wallet,
      nullifier: null,
      stakes: stakes.flatMap(([stake, weight], index) =>
        stake === 0n
          ? []
          : [{ entryId: index + 1, stake: stake.toString(), weight: weight.toString(), changedAt: at.block }],
      ),
      credits: credit === 0n ? [] : [{ token: contest.coin.address, amount: credit.toString() }],
      funded: funded.toString(),
      entries: ids.filter((id) => entries[id - 1]?.author.toLowerCase() === wallet),
    },
  };
}

async function standAt(config: AppConfig): Promise<At> {
  const client = chainClient(config);
  try {
    const [latest, finalized] = await Promise.all([
      client.getBlock(),
      client.getBlock({ blockTag: "finalized" }).catch(() => null),
    ]);
    const block = { number: Number(latest.number), hash: latest.hash, timestamp: Number(latest.timestamp) };
    learn({ rpc: "up", head: block });
    setClock(block.timestamp);
    return { chainId: config.chainId, block, finalized: Number(finalized?.number ?? 0n) };
  } catch (cause) {
    learn({ rpc: "down" });
    throw new RetryableError("The chain's endpoint did not answer.", {
      metaMessages: [`URL: ${config.rpcUrl}`],
      cause,
    });
  }
}

async function contestAt(config: AppConfig, address: Address, at: At): Promise<ContestView> {
  const client = chainClient(config);
  const view = { address, abi: contestAbi, blockNumber: BigInt(at.block.number) } as const;
  const [rules, entryCount, liveCount, [pot, unheld, paid], [entryIds, counted, isFinal]] = await Promise.all([
    client.readContract({ ...view, functionName: "rules" }),
    client.readContract({ ...view, functionName: "entryCount" }),
    client.readContract({ ...view, functionName: "liveCount" }),
    client.readContract({ ...view, functionName: "pot" }),
    client.readContract({ ...view, functionName: "standings" }),
  ]);
  const [coin, prizeToken] = await Promise.all([tokenAt(config, rules.coin), tokenAt(config, rules.prizeToken)]);
  const times = {
    entriesOpen: Number(rules.entriesOpen),
    votesOpen: Number(rules.votesOpen),
    countFrom: Number(rules.countFrom),
    votesClose: Number(rules.votesClose),
  };
  const lower = (text: Address) => text.toLowerCase() as Address;
  const { prizes } = dividePot(pot, [...rules.split], isFinal ? entryIds.filter((id) => id > 0).length : 0);
  return {
    address,
    creator: address,
    createdAt: { number: 0, hash: zeroHash, timestamp: times.entriesOpen },
    rules: {
      ...times,
      coin: lower(rules.coin),
      prizeToken: lower(rules.prizeToken),
      personhood: lower(rules.personhood),
      arbitrator: lower(rules.arbitrator),
      arbitratorExtraDataHash: rules.arbitratorExtraDataHash,
      declarationHash: rules.declarationHash,
      rulingTimeout: Number(rules.rulingTimeout),
      maxEntries: Number(rules.maxEntries),
      maxModelBytes: Number(rules.maxModelBytes),
      personCap: rules.personCap.toString(),
      entryCap: rules.entryCap.toString(),
      entryBond: rules.entryBond.toString(),
      challengeBond: rules.challengeBond.toString(),
      minTally: rules.minTally.toString(),
      split: rules.split.map(Number),
    },
    coin,
    prizeToken,
    phase: phaseAt(times, at.block.timestamp, isFinal),
    entryCount: Number(entryCount),
    liveCount: Number(liveCount),
    voters: 0,
    pot: pot.toString(),
    counted: Number(counted),
    result: isFinal
      ? { entryIds: [...entryIds], pot: pot.toString(), unheld: unheld.toString(), block: at.block }
      : null,
    claims: entryIds.flatMap((entryId, index) =>
      entryId > 0 && (paid >> BigInt(index)) % 2n === 1n
        ? [{ rank: index + 1, entryId, to: `0x${"0".repeat(40)}` as Address, amount: (prizes[index] ?? 0n).toString() }]
        : [],
    ),
  };
}

const tokens = new Map<Address, Promise<ContestView["coin"]>>();

function tokenAt(config: AppConfig, address: Address): Promise<ContestView["coin"]> {
  const known = tokens.get(address);
  if (known !== undefined) return known;
  const client = chainClient(config);
  const view = { address, abi: erc20Abi } as const;
  const asked = Promise.all([
    client.readContract({ ...view, functionName: "symbol" }).catch(() => "?"),
    client.readContract({ ...view, functionName: "name" }).catch(() => "?"),
    client.readContract({ ...view, functionName: "decimals" }),
  ]).then(([symbol, name, decimals]) => ({ address: address.toLowerCase() as Address, symbol, name, decimals }));
  tokens.set(address, asked);
  asked.catch(() => tokens.delete(address));
  return asked;
}

async function entriesAt(config: AppConfig, contest: ContestView, at: At): Promise<EntryView[]> {
  const client = chainClient(config);
  const view = { address: contest.address, abi: contestAbi, blockNumber: BigInt(at.block.number) } as const;
  const total = BigInt(contest.entryCount);
  const firsts: bigint[] = [];
  for (let first = 1n; first <= total; first += pageSize) firsts.push(first);
  const [pages, kept, logs, challenges] = await Promise.all([
    Promise.all(
      firsts.map((first) => client.readContract({ ...view, functionName: "scores", args: [first, pageSize] })),
    ),
    Promise.all(
      Array.from({ length: contest.entryCount }, (_, index) =>
        client.readContract({ ...view, functionName: "entry", args: [BigInt(index + 1)] }),
      ),
    ),
    // Hashes are in the events only; an endpoint that refuses to search that far leaves them unknown.
    client
      .getLogs({ address: contest.address, event: submitted, fromBlock: 0n, toBlock: BigInt(at.block.number) })
      .catch(() => []),
    readChallenges(config, contest, at.block.number),
  ]);
  const tallies = pages.flatMap(([list]) => list);
  const scores = pages.flatMap(([, list]) => list);
  const events = new Map(logs.map(({ args }) => [Number(args.entryId), args]));
  const window = windowOf(contest);
  return kept.map((entry, index) => {
    const tally = tallies[index];
    const score = scores[index] ?? 0n;
    const event = events.get(index + 1);
    const manifestHash = event?.manifestHash ?? zeroHash;
    return {
      entryId: index + 1,
      author: entry.author.toLowerCase() as Address,
      manifestHash,
      modelSha256: event?.modelSha256 ?? zeroHash,
      modelRoot: event?.modelRoot ?? zeroHash,
      modelSize: Number(entry.modelSize),
      manifestURI: event?.manifestURI ?? "",
      submittedAt: at.block,
      status: entryStatusOf(entry.status),
      manifest: recallManifest(manifestHash),
      weight: (tally?.weight ?? 0n).toString(),
      acc: (tally?.acc ?? 0n).toString(),
      last: Number(tally?.last ?? 0),
      score: score.toString(),
      tally: displayedTally(score, window).toString(),
      support: "0",
      staked: "0",
      voters: 0,
      nodes: 0,
      challenges: challenges.get(index + 1) ?? [],
    };
  });
}
