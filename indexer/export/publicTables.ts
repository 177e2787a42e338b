import {
  activity,
  attestations,
  blockChallenges,
  challenges,
  claims,
  contests,
  credits,
  entries,
  evidence,
  nodeKeys,
  nodes,
  slashings,
  stakes,
  wallets,
} from "../project/tables.ts";
import type { Table } from "../store/table.ts";
import { blocks, tokens } from "../store/tables.ts";

/** What an export says of a column. */
export type ColumnWords = {
  readonly words: string;
  /** As Pint, which Datasette shows units with, names it; only for numbers that read well with a unit. */
  readonly unit?: "byte" | "second";
};

export type PublicTable = {
  readonly table: Table<unknown>;
  readonly title: string;
  readonly words: string;
  readonly columns: Readonly<Record<string, ColumnWords>>;
};

const CONTEST = { words: "Address of the contest." };
const ENTRY = { words: "Number of the entry within its contest, from 1." };
const BLOCK = { words: "Number of the block in which it happened; see the table blocks for its time." };
const LOG = { words: "Place of the event in its block." };
const wei = (words: string): ColumnWords => ({ words: `${words}, in wei of the contest's coin, as decimal digits.` });
const TALLY = {
  weight: { words: "Sum of the weights that count: wei in an open contest, square roots of wei among persons." },
  acc: { words: "Weight-seconds gathered inside the averaging window up to `last`, as decimal digits." },
  last: { words: "Seconds after countFrom up to which acc is complete.", unit: "second" },
  staked: wei("Coins staked in all"),
  support: wei("Coins that count nothing"),
  voters: { words: "Wallets with a stake above 0." },
} as const;

const { weight: entryWeight, ...REST_OF_TALLY } = TALLY;
/** What follows a stake's change says the entry's whole tally from then on. */
const TALLY_AFTERWARDS = { entryWeight, ...REST_OF_TALLY };

/** Every table that an export holds, with words for each of its columns. All of it follows from the chain. */
export const publicTables: readonly PublicTable[] = [
  {
    table: contests,
    title: "Contests",
    words: "Contests of the factory, with rules, pot and result.",
    columns: {
      contest: CONTEST,
      creator: { words: "Who created it; without any power since." },
      createdBlock: { words: "Number of the block that created it." },
      createdLogIndex: LOG,
      rules: { words: "Its rules as JSON: amounts in wei, times in seconds since 1970, prize split in basis points." },
      entryCount: { words: "Entries ever submitted." },
      liveCount: { words: "Entries neither retracted nor removed." },
      voters: { words: "Wallets with a stake above 0." },
      pot: { words: "The pot, in wei of the prize token, as decimal digits." },
      counted: { words: "Highest entry that was counted after the close." },
      finalBlock: { words: "Number of the block that made the result final; empty before." },
      finalRanks: { words: "Entries of ranks 1 to 10 as JSON, 0 where nobody holds one; empty before the end." },
      unheld: { words: "What goes back to the funders, in wei of the prize token, as decimal digits." },
    },
  },
  {
    table: entries,
    title: "Entries",
    words: "Models that were entered, with their tally now.",
    columns: {
      contest: CONTEST,
      entryId: ENTRY,
      author: { words: "Wallet that submitted it." },
      manifestHash: { words: "SHA-256 of the manifest in canonical JSON." },
      modelSha256: { words: "SHA-256 of the GGUF file." },
      modelRoot: { words: "BitTorrent v2 pieces root of the GGUF file." },
      modelSize: { words: "Size of the GGUF file, in bytes.", unit: "byte" },
      manifestURI: { words: "Where its author says that the manifest is." },
      submittedBlock: { words: "Number of the block that submitted it." },
      status: { words: "live, challenged, retracted or removed." },
      removedBlock: { words: "Number of the block of the ruling that removed it; empty otherwise." },
      ...TALLY,
    },
  },
  {
    table: stakes,
    title: "Stakes",
    words: "What each wallet has on each entry now.",
    columns: {
      contest: CONTEST,
      voter: { words: "Wallet whose stake it is." },
      entryId: ENTRY,
      stake: wei("The stake"),
      weight: { words: "What of it counts; 0 for support." },
      changedBlock: { words: "Number of the block that last changed it." },
    },
  },
  {
    table: wallets,
    title: "Wallets",
    words: "Wallets that did something in a contest.",
    columns: {
      contest: CONTEST,
      wallet: { words: "Its address." },
      nullifier: { words: "Which person it stands for, as far as this contest can tell; empty for none." },
      staked: { words: "Entries on which it has a stake." },
      funded: { words: "What it put into the pot, in wei of the prize token, as decimal digits." },
    },
  },
  {
    table: activity,
    title: "Activity",
    words:
      "What happened, one row for each event. Where a stake changed, also the entry's tally afterwards; empty elsewhere.",
    columns: {
      contest: CONTEST,
      block: BLOCK,
      logIndex: LOG,
      transaction: { words: "Hash of the transaction." },
      kind: {
        words:
          "submitted, retracted, challenged, evidence, ruled, bound, dropped, withdrew, reweighed, funded, counted, finalized or claimed.",
      },
      entryId: { words: "Number of the entry; empty where it concerns none." },
      account: { words: "Who did it; empty where nobody in particular." },
      amount: { words: "Wei of the coin, or of the prize token for funded and claimed, as decimal digits." },
      stake: wei("The stake afterwards"),
      weight: { words: "What of the stake counts afterwards." },
      ...TALLY_AFTERWARDS,
      number: { words: "Rank of a claim, highest entry of a count, number of a challenge." },
      evidenceURI: { words: "Where the evidence is said to be." },
      ruling: { words: "0 refused, 1 eligible, 2 ineligible." },
      lapsed: { words: "1 for a challenge that nobody ruled on in time." },
    },
  },
  {
    table: challenges,
    title: "Challenges",
    words: "Who said that an entry breaks the rules, and what came of it.",
    columns: {
      contest: CONTEST,
      challengeId: { words: "Number of the challenge within its contest, from 1." },
      entryId: ENTRY,
      challenger: { words: "Who challenged it." },
      disputeId: { words: "The arbitrator's number for it." },
      evidenceURI: { words: "Where the reasons are said to be." },
      openedBlock: { words: "Number of the block that opened it." },
      ruling: { words: "0 refused, 1 eligible, 2 ineligible; empty while open." },
      lapsed: { words: "1 where nobody ruled in time; empty while open." },
      closedBlock: { words: "Number of the block that closed it; empty while open." },
    },
  },
  {
    table: evidence,
    title: "Evidence",
    words: "What was brought forward on challenges.",
    columns: {
      contest: CONTEST,
      challengeId: { words: "Number of the challenge." },
      block: BLOCK,
      logIndex: LOG,
      party: { words: "Who brought it." },
      evidenceURI: { words: "Where it is said to be." },
    },
  },
  {
    table: credits,
    title: "Credits",
    words: "What a contest owes an account that has not collected it.",
    columns: {
      contest: CONTEST,
      account: { words: "To whom." },
      token: { words: "In which token." },
      amount: { words: "Wei of the token, as decimal digits." },
    },
  },
  {
    table: claims,
    title: "Prizes paid",
    words: "Prizes that were paid.",
    columns: {
      contest: CONTEST,
      rank: { words: "From 1." },
      entryId: ENTRY,
      to: { words: "Who got it." },
      amount: { words: "Wei of the prize token, as decimal digits." },
    },
  },
  {
    table: nodes,
    title: "Nodes",
    words: "Who serves models, with what at stake.",
    columns: {
      node: { words: "Address of the operator." },
      endpoint: { words: "Where it says that it serves." },
      stake: { words: "Wei of the registry's coin, as decimal digits." },
      leavesAt: { words: "When its wait is over, in seconds since 1970; empty while it stays." },
      registeredBlock: { words: "Number of the block that registered it." },
    },
  },
  {
    table: nodeKeys,
    title: "Keys of nodes",
    words: "Keys that a node ever signed with.",
    columns: {
      node: { words: "Address of the operator." },
      key: { words: "Address of the signing key." },
      addedBlock: { words: "Number of the block that added it." },
      addedLogIndex: LOG,
    },
  },
  {
    table: attestations,
    title: "Attestations",
    words: "What nodes say that they serve: the newest for each entry.",
    columns: {
      node: { words: "Address of the operator." },
      contest: CONTEST,
      entryId: ENTRY,
      key: { words: "Which key signed." },
      manifestHash: { words: "The manifest's SHA-256, as attested." },
      modelRoot: { words: "The file's pieces root, as attested." },
      modelSha256: { words: "The file's SHA-256, as attested." },
      engine: { words: "SHA-256 of the description of its engine." },
      epoch: { words: "Hours since 1970." },
      block: BLOCK,
    },
  },
  {
    table: slashings,
    title: "Slashings",
    words: "Stakes that nodes lost, with the evidence.",
    columns: {
      node: { words: "Address of the operator." },
      block: BLOCK,
      logIndex: LOG,
      contest: CONTEST,
      entryId: ENTRY,
      fault: { words: "What it did." },
      evidence: { words: "Digest of the false statement, or number of the block challenge." },
      bringer: { words: "Who brought the evidence." },
      amount: { words: "What it lost, in wei of the registry's coin, as decimal digits." },
      reward: { words: "What of it the bringer got, in wei, as decimal digits." },
    },
  },
  {
    table: blockChallenges,
    title: "Blocks asked for",
    words: "Blocks of model files that nodes were asked to show.",
    columns: {
      challengeId: { words: "Number of the challenge in the registry." },
      node: { words: "Address of the operator." },
      contest: CONTEST,
      entryId: ENTRY,
      index: { words: "Which block of 16 KiB, from 0." },
      challenger: { words: "Who asked." },
      bond: { words: "Wei of the chain's own coin, as decimal digits." },
      answerBy: { words: "Until when, in seconds since 1970." },
      openedBlock: { words: "Number of the block that opened it." },
      outcome: { words: "open, answered or expired." },
    },
  },
  {
    table: tokens,
    title: "Tokens",
    words: "Coins and prize tokens, as they describe themselves.",
    columns: {
      address: { words: "Address of the token." },
      symbol: { words: "What it calls itself for short. Anybody can choose any." },
      name: { words: "What it calls itself." },
      decimals: { words: "Digits after the point: 18 mean that 10^18 wei are one coin." },
    },
  },
  {
    table: blocks,
    title: "Blocks",
    words: "Blocks with an event in them, and the newest ones.",
    columns: {
      number: { words: "Its number." },
      hash: { words: "Its hash." },
      parentHash: { words: "Hash of the block before." },
      timestamp: { words: "Seconds since 1970." },
      eventful: { words: "1 where an event is in it." },
    },
  },
];
