import type { Hex } from "viem";
import { encodeAbiParameters, keccak256 } from "viem";
import type { WireRules } from "#protocol/wireRules.ts";
import type { ChainEvent } from "../../../indexer/decode/events.ts";
import { project } from "../../../indexer/project/project.ts";
import { foldTables } from "../../../indexer/project/tables.ts";
import type { Backend } from "../../../indexer/store/backend.ts";
import { openDatabase } from "../../../indexer/store/openDatabase.ts";
import { createSqliteBackend } from "../../../indexer/store/sqliteBackend.ts";
import type { Header, Placed, Store } from "../../../indexer/store/store.ts";
import { createStore } from "../../../indexer/store/store.ts";
import { tell } from "../../../indexer/stream/tell.ts";

export const CONTEST = address(1);
export const FACTORY = address(2);
export const REGISTRY = address(3);
export const COIN = address(4);

/** Times of the test contest: the window is 1,000 seconds long. */
export const TIMES = { entriesOpen: 100, votesOpen: 1_000, countFrom: 2_000, votesClose: 3_000 } as const;

export const RULES: WireRules = {
  coin: COIN,
  prizeToken: COIN,
  personhood: address(0),
  arbitrator: address(0),
  arbitratorExtraDataHash: word(0),
  declarationHash: word(1),
  ...TIMES,
  rulingTimeout: 86_400,
  maxEntries: 100,
  maxModelBytes: 1_000_000,
  personCap: "0",
  entryCap: "0",
  entryBond: "10",
  challengeBond: "10",
  minTally: "0",
  split: [3_000, 2_000, 1_300, 1_000, 800, 600, 500, 400, 250, 150],
};

/** A store in memory that stands at block 0. */
export function createMemoryStore(fold: typeof project = project): Promise<Store> {
  return createStoreIn(createSqliteBackend(openDatabase(":memory:")), fold);
}

/** A store in an empty database that stands at block 0. */
export async function createStoreIn(backend: Backend, fold: typeof project = project): Promise<Store> {
  const store = createStore({ backend, project: fold, tell });
  const identity = {
    chainId: 31337,
    genesisHash: headerOf(0, 0).hash,
    genesisTimestamp: 0,
    factory: FACTORY,
    nodeRegistry: REGISTRY,
    minStake: "200",
  };
  await store.begin(identity, headerOf(0, 0));
  return store;
}

/** Header of a block in a branch; blocks of one branch link, and branches share the blocks below their fork. */
export function headerOf(number: number, timestamp: number, branch = 0): Header {
  const hash = (n: number) =>
    keccak256(
      encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [BigInt(n), BigInt(n === 0 ? 0 : branch)]),
    );
  return { number, hash: hash(number), parentHash: number === 0 ? word(0) : hash(number - 1), timestamp };
}

/** An event at its place. */
export function placed(header: Header, logIndex: number, emitter: Hex, event: ChainEvent): Placed {
  const transaction = keccak256(encodeAbiParameters([{ type: "uint256" }], [BigInt(header.number * 1_000 + logIndex)]));
  return { at: { block: header.number, timestamp: header.timestamp, logIndex, transaction, emitter }, event };
}

export function contestCreated(rules: WireRules = RULES): ChainEvent {
  return { name: "ContestCreated", contest: CONTEST, creator: address(9), rules };
}

export function submitted(entryId: number, author: Hex = address(50 + entryId)): ChainEvent {
  return {
    name: "EntrySubmitted",
    entryId,
    author,
    manifestHash: word(1_000 + entryId),
    modelSha256: word(2_000 + entryId),
    modelRoot: word(3_000 + entryId),
    modelSize: 1_234,
    manifestURI: `https://models.example/${entryId}`,
  };
}

/** Metadata of the test contest's coin. */
export const TOKENS = [{ address: COIN, symbol: "DROP", name: "Drop", decimals: 18 }];

/** Everything that the fold wrote, as plain values. */
export function dump(store: Store): Promise<Record<string, unknown[]>> {
  return store.read(async (rows) => {
    const keyOf = ({ columns, keyLength }: (typeof foldTables)[number]) =>
      columns.slice(0, keyLength).map((column) => `"${column}"`);
    const tables = foldTables.map(async (table) => [
      table.name,
      await rows.select(table, `TRUE ORDER BY ${keyOf(table).join(", ")}`),
    ]);
    return Object.fromEntries(await Promise.all(tables));
  });
}

export function address(value: number): Hex {
  return `0x${value.toString(16).padStart(40, "0")}`;
}

export function word(value: number): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}
