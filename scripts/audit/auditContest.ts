import { Contract, isAddress } from "ethers";
import type { RegistryAudit } from "./auditRegistry.ts";
import { auditRegistry } from "./auditRegistry.ts";
import { CannotLookError, reasonOf } from "./cannotLookError.ts";
import type { ChainReader } from "./chainReader.ts";
import { firstBlockOf, openChain, readLogs, readTimes } from "./chainReader.ts";
import type { CoinsHeld } from "./coinsOwed.ts";
import type { Compared } from "./compareWithContract.ts";
import { compareWithContract } from "./compareWithContract.ts";
import { compareWithIndexer } from "./compareWithIndexer.ts";
import type { ContestEvent } from "./contestEvent.ts";
import { contestInterface, factoryInterface } from "./contestInterface.ts";
import type { Finding } from "./finding.ts";
import { compare } from "./finding.ts";
import { readRanking } from "./indexerAnswer.ts";
import type { AuditCoin } from "./readCoin.ts";
import { readCoin } from "./readCoin.ts";
import { eventsOf } from "./readEvents.ts";
import type { Recount } from "./recount.ts";
import { recount } from "./recount.ts";
import type { AuditRules } from "./rulesOf.ts";
import type { Standings } from "./standingsOf.ts";
import { standingsOf } from "./standingsOf.ts";

export type AuditOptions = {
  readonly rpcUrl: string;
  readonly contest: string;
  readonly indexerUrl?: string | undefined;
  /** Asked whether the contest is one of its own; absent means that nobody is. */
  readonly factory?: string | undefined;
  /** The node registry whose books are recounted as well; absent means that none is. */
  readonly registry?: string | undefined;
  /** Block to audit; absent means the newest, or the indexer's own where one is given. */
  readonly block?: number | undefined;
};

export type Audit = {
  readonly chainId: number;
  readonly contest: string;
  readonly block: { readonly number: number; readonly hash: string; readonly timestamp: bigint };
  readonly fromBlock: number;
  readonly rules: AuditRules;
  readonly coin: AuditCoin;
  readonly events: number;
  readonly recount: Recount;
  readonly standings: Standings;
  readonly isFinal: boolean;
  readonly compared: Compared;
  readonly coins: CoinsHeld;
  /** The factory that was asked; absent where none was. */
  readonly factory: string | undefined;
  /** The books of the node registry, and the coin that they are in; absent where none was named. */
  readonly nodes: (RegistryAudit & { readonly coin: AuditCoin }) | undefined;
  /** Block of the indexer's answer; absent where none was asked. */
  readonly indexerBlock: number | undefined;
  /** Empty when all agree. */
  readonly findings: readonly Finding[];
};

/**
 * Recounts a contest from its logs and compares the figures with the contract's and, where given, the indexer's.
 * Throws `CannotLookError` when it cannot be done.
 */
export async function auditContest(options: AuditOptions): Promise<Audit> {
  if (!isAddress(options.contest)) throw new CannotLookError(`"${options.contest}" is no address.`);
  for (const address of [options.factory, options.registry])
    if (address !== undefined && !isAddress(address)) throw new CannotLookError(`"${address}" is no address.`);
  const chain = await openChain(options.rpcUrl);
  try {
    return await auditOn(chain, {
      ...options,
      contest: options.contest.toLowerCase(),
      registry: options.registry?.toLowerCase(),
    });
  } catch (error) {
    if (error instanceof CannotLookError) throw error;
    throw new CannotLookError(`The chain could not be read: ${reasonOf(error)}.`, { cause: error });
  } finally {
    chain.close();
  }
}

async function auditOn(chain: ChainReader, options: AuditOptions): Promise<Audit> {
  const { contest, indexerUrl, factory, registry, block } = options;
  const head = await chain.provider.getBlockNumber();
  if (block !== undefined && block > head)
    throw new CannotLookError(`Block ${block} does not exist yet; the newest is ${head}.`);
  const answer = indexerUrl === undefined ? undefined : await readRanking(indexerUrl, contest, block ?? head);
  // Without a wish the indexer's own block is audited, so that all three speak of one moment.
  const number = block ?? answer?.at.block.number ?? head;
  const last = Math.max(number, answer?.at.block.number ?? 0);
  const at = await blockAt(chain, number);
  const rules = await readRules(chain, contest, number);
  const coin = await readCoin(chain, rules.coin);
  const fromBlock = await firstBlockOf(chain, contest, number);
  const events = eventsOf(await readLogs(chain, { address: contest, from: fromBlock, to: last }));
  const times = await readTimes(chain, [...new Set(events.map((event) => event.block))]);

  const upTo = (block: number): { counted: Recount; standings: Standings; seen: ContestEvent[] } => {
    const seen = events.filter((event) => event.block <= block);
    const counted = recount(seen, rules, (place) => times.get(place));
    return { counted, standings: standingsOf(counted, rules), seen };
  };
  const { counted, standings, seen } = upTo(number);
  const contract = await compareWithContract({ chain, contest, at, rules, recount: counted, standings });
  const findings = [...lawsBroken(counted), ...resultFindings(counted, standings), ...contract.findings];
  if (factory !== undefined)
    findings.push(
      ...compare("factory", `contest of ${factory}`, true, await isContestOf(chain, factory, contest, number)),
    );
  if (answer !== undefined) {
    const there = answer.at.block.number === number ? at : await blockAt(chain, answer.at.block.number);
    findings.push(...compareWithIndexer(answer, upTo(there.number).standings, { chainId: chain.chainId, ...there }));
  }
  const books = registry === undefined ? undefined : await auditRegistry(chain, { registry, contest, block: number });
  if (books !== undefined) findings.push(...books.findings);
  const after = await blockAt(chain, number);
  if (after.hash !== at.hash)
    throw new CannotLookError(`The chain was reorganised during the audit (block ${number} changed); run it again.`);
  return {
    chainId: chain.chainId,
    contest,
    block: at,
    fromBlock,
    rules,
    coin,
    events: seen.length,
    recount: counted,
    standings,
    isFinal: contract.isFinal,
    compared: contract.compared,
    coins: contract.coins,
    factory,
    nodes: books && {
      ...books,
      coin: books.rules.coin === rules.coin ? coin : await readCoin(chain, books.rules.coin),
    },
    indexerBlock: answer?.at.block.number,
    findings,
  };
}

function lawsBroken({ broken }: Recount): Finding[] {
  return broken.map(({ what, event, law }) => ({ where: "events", what, recount: law, found: event }));
}

/** The announced result and every prize paid, against the recount. */
function resultFindings({ finalized, claims, pot }: Recount, { topTen, unheld, rows }: Standings): Finding[] {
  if (finalized === undefined)
    return claims.flatMap(({ rank }) => compare("events", `prize ${rank} before the result`, "none", "paid"));
  return [
    ...compare("events", "announced ranks", topTen.join(" "), finalized.entryIds.join(" ")),
    ...compare("events", "announced pot", pot, finalized.pot),
    ...compare("events", "announced part for the funders", unheld, finalized.unheld),
    ...claims.flatMap(({ rank, entryId, amount }) => {
      const holder = rows.find((row) => row.rank === rank);
      return [
        ...compare("events", `prize ${rank}: entry`, holder?.entry.id ?? "nobody", entryId),
        ...compare("events", `prize ${rank}: amount`, holder?.prize ?? 0n, amount),
      ];
    }),
  ];
}

async function blockAt({ provider }: ChainReader, number: number) {
  const block = await provider.getBlock(number);
  if (block === null || block.hash === null) throw new CannotLookError(`The endpoint does not have block ${number}.`);
  return { number, hash: block.hash, timestamp: BigInt(block.timestamp) };
}

async function readRules(chain: ChainReader, contest: string, block: number): Promise<AuditRules> {
  if ((await chain.provider.getCode(contest, block)) === "0x") {
    throw new CannotLookError(`There is no contract at ${contest} on chain ${chain.chainId} at block ${block}.`);
  }
  try {
    const rules = await new Contract(contest, contestInterface, chain.provider)
      .getFunction("rules")
      .staticCall({ blockTag: block });
    return {
      coin: rules.coin.toLowerCase(),
      prizeToken: rules.prizeToken.toLowerCase(),
      isOpen: BigInt(rules.personhood) === 0n,
      arbitrator: rules.arbitrator.toLowerCase(),
      rulingTimeout: rules.rulingTimeout,
      entriesOpen: rules.entriesOpen,
      votesOpen: rules.votesOpen,
      countFrom: rules.countFrom,
      votesClose: rules.votesClose,
      maxModelBytes: rules.maxModelBytes,
      personCap: rules.personCap,
      entryCap: rules.entryCap,
      entryBond: rules.entryBond,
      challengeBond: rules.challengeBond,
      minTally: rules.minTally,
      split: [...rules.split],
    };
  } catch (error) {
    throw new CannotLookError(`What lives at ${contest} is no contest of ours: it does not tell its rules.`, {
      cause: error,
    });
  }
}

async function isContestOf(chain: ChainReader, factory: string, contest: string, block: number): Promise<boolean> {
  try {
    const asked = new Contract(factory, factoryInterface, chain.provider).getFunction("isContest");
    return await asked.staticCall(contest, { blockTag: block });
  } catch (error) {
    throw new CannotLookError(`What lives at ${factory} is no factory of ours: it does not tell its contests.`, {
      cause: error,
    });
  }
}
