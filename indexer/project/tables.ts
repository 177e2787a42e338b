import type { Fault } from "#protocol/faults.ts";
import type { EntryStatus } from "#protocol/rules.ts";
import type { WireRules } from "#protocol/wireRules.ts";
import { amount, hex, integer, json, nullable, text, word } from "../store/column.ts";
import type { Row, Table } from "../store/table.ts";
import { defineTable } from "../store/table.ts";

/**
 * What the fold writes. Everything here follows from the chain's events alone; a rollback restores it exactly.
 * Amounts in wei, weights in the contest's unit of weight, acc in weight-seconds, times in seconds since 1970.
 */

export const contests = defineTable({
  name: "contests",
  columns: {
    contest: hex,
    creator: hex,
    createdBlock: integer,
    createdLogIndex: integer,
    rules: json<WireRules>(),
    entryCount: integer,
    liveCount: integer,
    /** Wallets with a stake above 0. */
    voters: integer,
    pot: amount,
    counted: integer,
    /** Block of `Finalized`; null before. */
    finalBlock: nullable(integer),
    /** Ranks 1 to 10, 0 where nobody holds one; null before the result is final. */
    finalRanks: nullable(json<readonly number[]>()),
    unheld: amount,
  },
  keyLength: 1,
});

export const entries = defineTable({
  name: "entries",
  columns: {
    contest: hex,
    entryId: integer,
    author: hex,
    manifestHash: hex,
    modelSha256: hex,
    modelRoot: hex,
    modelSize: integer,
    manifestURI: text,
    submittedBlock: integer,
    status: word<EntryStatus>(),
    /** Block of the ruling that removed it; null while it was not. */
    removedBlock: nullable(integer),
    weight: amount,
    acc: amount,
    /** Seconds after countFrom up to which acc is complete. */
    last: integer,
    staked: amount,
    support: amount,
    voters: integer,
  },
  keyLength: 2,
  indexes: [["manifestHash"], ["contest", "author"]],
});

export const challenges = defineTable({
  name: "challenges",
  columns: {
    contest: hex,
    challengeId: integer,
    entryId: integer,
    challenger: hex,
    disputeId: amount,
    evidenceURI: text,
    openedBlock: integer,
    /** These three are null while it is open. */
    ruling: nullable(integer),
    lapsed: nullable(integer),
    closedBlock: nullable(integer),
  },
  keyLength: 2,
});

/** What was brought forward on a challenge, by everybody. */
export const evidence = defineTable({
  name: "evidence",
  columns: { contest: hex, challengeId: integer, block: integer, logIndex: integer, party: hex, evidenceURI: text },
  keyLength: 4,
  blockColumn: "block",
  indexes: [["block"]],
});

export const stakes = defineTable({
  name: "stakes",
  columns: { contest: hex, voter: hex, entryId: integer, stake: amount, weight: amount, changedBlock: integer },
  keyLength: 3,
  // Whoever drops drops on several.
  together: true,
});

/** A wallet in a contest. */
export const wallets = defineTable({
  name: "wallets",
  columns: {
    contest: hex,
    wallet: hex,
    nullifier: nullable(hex),
    /** Entries on which it has a stake above 0. */
    staked: integer,
    /** Wei of the prize token it put into the pot. */
    funded: amount,
  },
  keyLength: 2,
});

/** What a contest owes an account, by token. */
export const credits = defineTable({
  name: "credits",
  columns: { contest: hex, account: hex, token: hex, amount },
  keyLength: 3,
});

export const claims = defineTable({
  name: "claims",
  columns: { contest: hex, rank: integer, entryId: integer, to: hex, amount },
  keyLength: 2,
});

export type ActivityKind =
  | "submitted"
  | "retracted"
  | "challenged"
  | "evidence"
  | "ruled"
  | "bound"
  | "dropped"
  | "withdrew"
  | "reweighed"
  | "funded"
  | "counted"
  | "finalized"
  | "claimed";

/**
 * What happened, one row for each event that a person would want to read about. What changed a stake also says what the
 * entry's tally was from then on.
 */
export const activity = defineTable({
  name: "activity",
  columns: {
    block: integer,
    logIndex: integer,
    contest: hex,
    transaction: hex,
    kind: word<ActivityKind>(),
    entryId: nullable(integer),
    account: nullable(hex),
    amount: nullable(amount),
    stake: nullable(amount),
    weight: nullable(amount),
    /** The entry's tally afterwards. */
    entryWeight: nullable(amount),
    acc: nullable(amount),
    last: nullable(integer),
    staked: nullable(amount),
    support: nullable(amount),
    voters: nullable(integer),
    /** The rank of a claim, the highest id of a count, the id of a challenge. */
    number: nullable(integer),
    evidenceURI: nullable(text),
    ruling: nullable(integer),
    lapsed: nullable(integer),
  },
  keyLength: 2,
  blockColumn: "block",
  indexes: [
    ["contest", "block", "logIndex"],
    ["contest", "entryId", "block", "logIndex"],
    ["contest", "account", "block", "logIndex"],
  ],
});

export const nodes = defineTable({
  name: "nodes",
  columns: {
    node: hex,
    endpoint: text,
    stake: amount,
    /** Seconds since 1970; null while it stays. */
    leavesAt: nullable(integer),
    registeredBlock: integer,
  },
  keyLength: 1,
});

export const nodeKeys = defineTable({
  name: "nodeKeys",
  columns: { node: hex, key: hex, addedBlock: integer, addedLogIndex: integer },
  keyLength: 2,
});

/** The newest attestation of a node for an entry. */
export const attestations = defineTable({
  name: "attestations",
  columns: {
    node: hex,
    contest: hex,
    /** Decimal digits: a node may sign any number. */
    entryId: text,
    key: hex,
    manifestHash: hex,
    modelRoot: hex,
    modelSha256: hex,
    engine: hex,
    epoch: integer,
    block: integer,
  },
  keyLength: 3,
  indexes: [["contest", "entryId"]],
});

export const slashings = defineTable({
  name: "slashings",
  columns: {
    node: hex,
    block: integer,
    logIndex: integer,
    contest: hex,
    entryId: integer,
    fault: word<Fault>(),
    evidence: hex,
    bringer: hex,
    amount,
    reward: amount,
  },
  keyLength: 3,
  blockColumn: "block",
  indexes: [["block"]],
});

export type BlockOutcome = "open" | "answered" | "expired";

/** Blocks that nodes were asked for. */
export const blockChallenges = defineTable({
  name: "blockChallenges",
  columns: {
    /** Decimal digits. */
    challengeId: text,
    node: hex,
    contest: hex,
    entryId: integer,
    index: integer,
    challenger: hex,
    bond: amount,
    answerBy: integer,
    openedBlock: integer,
    outcome: word<BlockOutcome>(),
  },
  keyLength: 1,
  indexes: [["node", "outcome"]],
});

/** Every table of the fold, in the order in which they are made. */
export const foldTables: readonly Table<unknown>[] = [
  contests,
  entries,
  challenges,
  evidence,
  stakes,
  wallets,
  credits,
  claims,
  activity,
  nodes,
  nodeKeys,
  attestations,
  slashings,
  blockChallenges,
];

/** Names of the tables that follow from what the node registry emits; all others of the fold follow from contests. */
export const registryTables: ReadonlySet<string> = new Set(
  [nodes, nodeKeys, attestations, slashings, blockChallenges].map(({ name }) => name),
);

export type ContestRow = Row<typeof contests>;
export type EntryRow = Row<typeof entries>;
export type ChallengeRow = Row<typeof challenges>;
export type ActivityRow = Row<typeof activity>;
export type NodeRow = Row<typeof nodes>;
export type AttestationRow = Row<typeof attestations>;
