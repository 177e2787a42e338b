import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { bytes32Schema } from "#protocol/primitives.ts";
import type { ChainEntries } from "../chain/nodeChain.ts";
import { keptFactsSchema } from "./keptFacts.ts";

const rowSchema = z.object({
  chainId: z.int(),
  genesis: bytes32Schema,
  block: z.int(),
  entries: z.string().transform((text) => z.array(keptFactsSchema).parse(JSON.parse(text))),
});

/** Which chain it is: its number, and the hash of its first block, since local chains share numbers. */
export type ChainIdentity = Pick<z.infer<typeof rowSchema>, "chainId" | "genesis">;

/** What a chain said last, up to a finalised block: what a node goes by that starts while the chain is away. */
export type KnownEntries = {
  readonly last: () => (ChainIdentity & Pick<ChainEntries, "block" | "entries">) | null;
  /** Writes down what was read. Entries that are kept already cost no write, so `block` may be older than the newest. */
  readonly keep: (chain: ChainIdentity, read: Pick<ChainEntries, "block" | "entries">) => void;
};

export const knownTable = `CREATE TABLE IF NOT EXISTS known (
  owner TEXT PRIMARY KEY, chainId INTEGER NOT NULL, genesis TEXT NOT NULL, block INTEGER NOT NULL, entries TEXT NOT NULL
) STRICT`;

/** `owner`: any text that tells nodes and registries apart. */
export function createKnownEntries(database: DatabaseSync, owner: string): KnownEntries {
  const read = database.prepare("SELECT chainId, genesis, block, entries FROM known WHERE owner = ?");
  const write = database.prepare("INSERT OR REPLACE INTO known VALUES (:owner, :chainId, :genesis, :block, :entries)");
  let kept: string | null = null;
  return {
    last: () => rowSchema.nullable().parse(read.get(owner) ?? null),
    keep({ chainId, genesis }, { block, entries }) {
      const text = JSON.stringify(z.array(keptFactsSchema).parse(entries));
      if (kept === genesis + text) return;
      write.run({ owner, chainId, genesis, block, entries: text });
      kept = genesis + text;
    },
  };
}
