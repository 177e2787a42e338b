import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHAIN_ID, CONTEST, RULES } from "../support/scriptedLogs.ts";

/** Ponder asks each address it is given at most 20 times a second at first; so many names of one endpoint lift that limit. */
const NAMES_OF_THE_ENDPOINT = 200;
const FIRST = 2;

const schema = `
import { index, onchainTable, primaryKey } from "ponder";

const tally = (t) => ({
  acc: t.bigint().notNull(),
  last: t.integer().notNull(),
  staked: t.bigint().notNull(),
  support: t.bigint().notNull(),
  voters: t.integer().notNull(),
});

export const entries = onchainTable(
  "entries",
  (t) => ({ contest: t.hex().notNull(), entryId: t.integer().notNull(), weight: t.bigint().notNull(), ...tally(t) }),
  (table) => ({ key: primaryKey({ columns: [table.contest, table.entryId] }) }),
);

export const stakes = onchainTable(
  "stakes",
  (t) => ({
    contest: t.hex().notNull(),
    voter: t.hex().notNull(),
    entryId: t.integer().notNull(),
    stake: t.bigint().notNull(),
    weight: t.bigint().notNull(),
    changedBlock: t.integer().notNull(),
  }),
  (table) => ({ key: primaryKey({ columns: [table.contest, table.voter, table.entryId] }) }),
);

export const activity = onchainTable(
  "activity",
  (t) => ({
    block: t.integer().notNull(),
    logIndex: t.integer().notNull(),
    contest: t.hex().notNull(),
    transaction: t.hex().notNull(),
    kind: t.text().notNull(),
    entryId: t.integer().notNull(),
    account: t.hex().notNull(),
    amount: t.bigint().notNull(),
    stake: t.bigint().notNull(),
    weight: t.bigint().notNull(),
    entryWeight: t.bigint().notNull(),
    ...tally(t),
  }),
  (table) => ({
    key: primaryKey({ columns: [table.block, table.logIndex] }),
    ofContest: index().on(table.contest, table.block, table.logIndex),
    ofEntry: index().on(table.contest, table.entryId, table.block, table.logIndex),
    ofAccount: index().on(table.contest, table.account, table.block, table.logIndex),
  }),
);
`;

/** As the indexer's fold: the stake, the entry's tally and a row of activity. Its checks, wallets and contest are left out. */
const fold = `
import { ponder } from "ponder:registry";
import { activity, entries, stakes } from "ponder:schema";

const [countFrom, votesClose] = [${RULES.countFrom}n, ${RULES.votesClose}n];
const EMPTY = { weight: 0n, acc: 0n, last: 0, staked: 0n, support: 0n, voters: 0 };

ponder.on("Contest:StakeChanged", async ({ event, context: { db } }) => {
  const { voter, stake, weight, entryWeight, timestamp } = event.args;
  const [contest, entryId, block] = [event.log.address, Number(event.args.entryId), Number(event.block.number)];
  const entry = (await db.find(entries, { contest, entryId })) ?? EMPTY;
  const before = (await db.find(stakes, { contest, voter, entryId })) ?? { stake: 0n, weight: 0n };

  const until = timestamp < votesClose ? timestamp : votesClose;
  const last = until > countFrom ? until - countFrom : 0n;
  const tally = {
    acc: entry.acc + entry.weight * (last - BigInt(entry.last)),
    last: Number(last),
    staked: entry.staked - before.stake + stake,
    support: entry.support - (before.weight === 0n ? before.stake : 0n) + (weight === 0n ? stake : 0n),
    voters: entry.voters + Number(stake > 0n) - Number(before.stake > 0n),
  };
  const tallied = { weight: entryWeight, ...tally };
  await db.insert(entries).values({ contest, entryId, ...tallied }).onConflictDoUpdate(tallied);

  const staked = { stake, weight, changedBlock: block };
  await db.insert(stakes).values({ contest, voter, entryId, ...staked }).onConflictDoUpdate(staked);

  const difference = stake - before.stake;
  await db.insert(activity).values({
    block,
    logIndex: event.log.logIndex,
    contest,
    transaction: event.transaction.hash,
    kind: difference > 0n ? "dropped" : difference < 0n ? "withdrew" : "reweighed",
    entryId,
    account: voter,
    amount: difference < 0n ? -difference : difference,
    stake,
    weight,
    entryWeight,
    ...tally,
  });
});
`;

const api = `
import { Hono } from "hono";

export default new Hono();
`;

/** Writes the smallest Ponder project that keeps what the indexer keeps of a stake, with the packages of `installed`. */
export function writePonderProject(
  folder: string,
  { installed, rpc, last }: { readonly installed: string; readonly rpc: string; readonly last: number },
): void {
  const names = Array.from({ length: NAMES_OF_THE_ENDPOINT }, (_, name) => `${rpc}/${name}`);
  const config = `
import { createConfig } from "ponder";
import { parseAbi } from "viem";

export default createConfig({
  database: { kind: "postgres", connectionString: process.env.DATABASE_URL },
  chains: { local: { id: ${CHAIN_ID}, rpc: ${JSON.stringify(names)} } },
  contracts: {
    Contest: {
      chain: "local",
      abi: parseAbi([
        "event StakeChanged(address indexed voter, uint256 indexed entryId, uint256 stake, uint256 weight, uint256 entryWeight, uint256 timestamp)",
      ]),
      address: "${CONTEST}",
      startBlock: ${FIRST},
      endBlock: ${last},
    },
  },
});
`;
  mkdirSync(join(folder, "src", "api"), { recursive: true });
  symlinkSync(join(installed, "node_modules"), join(folder, "node_modules"));
  const files = {
    "package.json": '{ "name": "stakes", "private": true, "type": "module" }\n',
    "ponder.config.ts": config,
    "ponder.schema.ts": schema,
    "src/index.ts": fold,
    "src/api/index.ts": api,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
