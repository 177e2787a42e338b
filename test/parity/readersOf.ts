import type { Address, Hex } from "viem";
import { z } from "zod";
import type { Rules } from "#protocol/rules.ts";
import { ZERO_ADDRESS } from "#protocol/rules.ts";
import type { Log } from "../../indexer/chain/log.ts";
import { decodeLog } from "../../indexer/decode/decodeLog.ts";
import { credits, entries, stakes } from "../../indexer/project/tables.ts";
import type { Header, Placed } from "../../indexer/store/store.ts";
import { scoreOf, windowOf } from "../../indexer/views/figures.ts";
import { rankingView } from "../../indexer/views/ranking.ts";
import { coinsOwed } from "../../scripts/audit/coinsOwed.ts";
import { eventsOf } from "../../scripts/audit/readEvents.ts";
import { recount } from "../../scripts/audit/recount.ts";
import type { AuditRules } from "../../scripts/audit/rulesOf.ts";
import { standingsOf } from "../../scripts/audit/standingsOf.ts";
import type { ContestLab } from "../support/contestLab.ts";
import type { RawLog as ScriptedLog } from "../support/scriptedChain.ts";
import { createMemoryStore } from "../unit/indexer/memoryStore.ts";

/** What a reader of the chain makes of a contest. Amounts in wei; `stakes` and `credits` without zeros. */
export type Reading = {
  readonly entries: readonly {
    readonly id: number;
    readonly status: string;
    readonly weight: bigint;
    readonly score: bigint;
  }[];
  readonly stakes: ReadonlyMap<string, { readonly coins: bigint; readonly weight: bigint }>;
  readonly credits: ReadonlyMap<string, bigint>;
  /** Entry ids from rank 1 on. */
  readonly ranked: readonly number[];
};

const RawLog = z.object({
  address: z.string(),
  topics: z.array(z.string()),
  data: z.string(),
  blockNumber: z.string(),
  blockHash: z.string(),
  transactionHash: z.string(),
  logIndex: z.string(),
});

export type Told = Awaited<ReturnType<typeof readLogs>>;

/** All that the factory and a contest ever said, in order, and the times of the blocks. */
export async function readLogs({ chain, factory }: Pick<ContestLab, "chain" | "factory">, contest: Address) {
  const request = async (address: Address) =>
    z.array(RawLog).parse(
      await chain.provider.request({
        method: "eth_getLogs",
        params: [{ address, fromBlock: "0x0", toBlock: "latest" }],
      }),
    );
  const created = (await request(factory)).filter(({ topics }) => topics[1]?.endsWith(contest.slice(2).toLowerCase()));
  const logs: Log[] = [...created, ...(await request(contest))].map(logOfRaw);
  const times = new Map<number, number>();
  for (const { block } of logs) {
    if (times.has(block)) continue;
    const params = [`0x${block.toString(16)}`, false];
    const header = z
      .object({ timestamp: z.string() })
      .parse(await chain.provider.request({ method: "eth_getBlockByNumber", params }));
    times.set(block, Number(header.timestamp));
  }
  return { logs, times, factory: factory.toLowerCase() as Hex, contest: contest.toLowerCase() as Hex };
}

/** A log as JSON-RPC tells it, as the indexer reads it. */
export function logOfRaw(log: z.input<typeof RawLog> | ScriptedLog): Log {
  return {
    address: log.address.toLowerCase() as Hex,
    topics: log.topics as Hex[],
    data: log.data as Hex,
    block: Number(log.blockNumber),
    blockHash: log.blockHash as Hex,
    transaction: log.transactionHash as Hex,
    logIndex: Number(log.logIndex),
  };
}

/** The indexer's own fold over an empty database. */
export async function readByIndexer({ logs, times, factory, contest }: Told, rules: Rules): Promise<Reading> {
  const store = await createMemoryStore();
  const headers = new Map<number, Header>();
  const events = logs.flatMap((log): Placed[] => {
    const { block, blockHash, transaction, logIndex, address } = log;
    const timestamp = times.get(block) ?? 0;
    headers.set(block, { number: block, hash: blockHash, parentHash: blockHash, timestamp });
    const event = decodeLog(address === factory ? "factory" : "contest", log);
    return event === undefined ? [] : [{ at: { block, timestamp, logIndex, transaction, emitter: address }, event }];
  });
  const list = [...headers.values()];
  await store.commit({ headers: list, events, finalized: list.at(-1)?.number ?? 0, tokens: [] });
  const window = windowOf(rules);
  const [{ rows }, folded, staked, owed] = await store.read((read) =>
    Promise.all([
      rankingView(read, async () => ({ state: "waiting" }), contest),
      read.select(entries, `TRUE ORDER BY "entryId"`),
      read.select(stakes, "TRUE"),
      read.select(credits, "TRUE"),
    ]),
  );
  const reading: Reading = {
    entries: folded.map((row) => ({
      id: row.entryId,
      status: row.status,
      weight: row.weight,
      score: scoreOf(row, window),
    })),
    stakes: new Map(
      staked
        .filter(({ stake }) => stake > 0n)
        .map(({ voter, entryId, stake, weight }) => [`${voter} ${entryId}`, { coins: stake, weight }]),
    ),
    credits: new Map(owed.filter(({ amount }) => amount > 0n).map(({ account, amount }) => [account, amount])),
    ranked: rows.flatMap(({ rank, entryId }) => (rank === null ? [] : [entryId])),
  };
  await store.close();
  return reading;
}

/** The auditor's own fold, with the laws that it found broken and what the contest must hold of its coin. */
export function readByAuditor({ logs, times, contest }: Told, rules: Rules) {
  const audited: AuditRules = {
    coin: rules.coin.toLowerCase(),
    prizeToken: rules.prizeToken.toLowerCase(),
    isOpen: rules.personhood === ZERO_ADDRESS,
    arbitrator: rules.arbitrator.toLowerCase(),
    rulingTimeout: BigInt(rules.rulingTimeout),
    entriesOpen: BigInt(rules.entriesOpen),
    votesOpen: BigInt(rules.votesOpen),
    countFrom: BigInt(rules.countFrom),
    votesClose: BigInt(rules.votesClose),
    maxModelBytes: BigInt(rules.maxModelBytes),
    personCap: rules.personCap,
    entryCap: rules.entryCap,
    entryBond: rules.entryBond,
    challengeBond: rules.challengeBond,
    minTally: rules.minTally,
    split: rules.split.map(BigInt),
  };
  const own = logs.filter(({ address }) => address === contest);
  const events = eventsOf(own.map((log) => ({ ...log, blockNumber: log.block, index: log.logIndex })));
  const counted = recount(events, audited, (block) => BigInt(times.get(block) ?? 0));
  const { rows } = standingsOf(counted, audited);
  const reading: Reading = {
    entries: rows
      .map(({ entry, score }) => ({ id: Number(entry.id), status: entry.status, weight: entry.weight, score }))
      .sort((a, b) => a.id - b.id),
    stakes: new Map(
      [...counted.stakes.values()]
        .filter(({ stake }) => stake > 0n)
        .map(({ voter, entryId, stake, weight }) => [`${voter} ${entryId}`, { coins: stake, weight }]),
    ),
    credits: new Map([...counted.owed].filter(([, amount]) => amount > 0n)),
    ranked: rows.flatMap(({ rank, entry }) => (rank === undefined ? [] : [Number(entry.id)])),
  };
  return { reading, broken: counted.broken, owed: coinsOwed(counted, audited), burned: counted.burned };
}
