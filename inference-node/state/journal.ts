import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { BaseError } from "#protocol/errors.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import { keptFactsSchema } from "./keptFacts.ts";

/** A statement that contradicts one that was signed before: one of the two costs the stake. */
export class StatementConflictError extends BaseError {
  override readonly name = "StatementConflictError";
}

const saidSchema = keptFactsSchema.omit({ manifestURI: true }).extend({
  /** Where the verified file lay. */
  path: z.string(),
  /** Hours since 1970 of the newest attestation; null when only receipts were signed. */
  epoch: z.int().nullable(),
});

/** What this node has signed about an entry. */
export type Said = z.infer<typeof saidSchema>;

/** Everything that was ever signed, written down before the signature is made. */
export type Journal = {
  /** Throws `StatementConflictError` when something else was signed about the entry. */
  readonly check: (facts: EntryFacts) => void;
  /** Writes down what will be signed, and returns once it would survive a power cut. Throws as `check` does. */
  readonly record: (facts: EntryFacts, path: string, epoch: number | null) => void;
  readonly said: () => readonly Said[];
};

export const journalTable = `CREATE TABLE IF NOT EXISTS said (
  scope TEXT NOT NULL, contest TEXT NOT NULL, entryId INTEGER NOT NULL,
  manifestHash TEXT NOT NULL, modelSha256 TEXT NOT NULL, modelRoot TEXT NOT NULL, modelSize INTEGER NOT NULL,
  path TEXT NOT NULL, epoch INTEGER,
  PRIMARY KEY (scope, contest, entryId)
) STRICT`;

const hashes = ["manifestHash", "modelSha256", "modelRoot"] as const;

/** The journal of one chain and registry in an open database. */
export function createJournal(database: DatabaseSync, scope: string): Journal {
  const rows = database.prepare("SELECT * FROM said WHERE scope = ? ORDER BY contest, entryId").all(scope);
  const known = new Map(rows.map((row) => saidSchema.parse(row)).map((said) => [keyOf(said), said]));
  const write = database.prepare(
    `INSERT INTO said (scope, contest, entryId, manifestHash, modelSha256, modelRoot, modelSize, path, epoch)
     VALUES (:scope, :contest, :entryId, :manifestHash, :modelSha256, :modelRoot, :modelSize, :path, :epoch)
     ON CONFLICT DO UPDATE SET path = :path, epoch = :epoch`,
  );
  return keep(known, (said) => void write.run({ scope, ...said }));
}

/** A journal that ends with the process: for nodes without a state folder. */
export function createMemoryJournal(): Journal {
  return keep(new Map(), () => undefined);
}

function keep(known: Map<string, Said>, write: (said: Said) => void): Journal {
  const check = (facts: EntryFacts): void => {
    const before = known.get(keyOf(facts));
    const differing = before === undefined ? [] : hashes.filter((name) => before[name] !== facts[name]);
    if (before === undefined || differing.length === 0) return;
    throw new StatementConflictError(`This node signed something else about entry ${facts.entryId} before.`, {
      metaMessages: [
        ...differing.map((name) => `${name} signed before: ${before[name]}; the chain says now: ${facts[name]}`),
        "Either the chain was reorganised below what it called final, or an endpoint lied, now or then.",
        "Compare the entry with another endpoint before you trust this one; nothing is signed about it until then.",
      ],
    });
  };
  return {
    check,
    record({ contest, entryId, manifestHash, modelSha256, modelRoot, modelSize, ...rest }, path, epoch) {
      const facts = { contest, entryId, manifestHash, modelSha256, modelRoot, modelSize };
      check({ ...rest, ...facts });
      const before = known.get(keyOf(facts));
      const newest = epoch === null ? (before?.epoch ?? null) : Math.max(epoch, before?.epoch ?? 0);
      if (before !== undefined && before.epoch === newest && before.path === path) return;
      const said = { ...facts, path, epoch: newest };
      write(said);
      known.set(keyOf(facts), said);
    },
    said: () => [...known.values()],
  };
}

function keyOf({ contest, entryId }: { readonly contest: string; readonly entryId: number }): string {
  return `${contest} ${entryId}`;
}
