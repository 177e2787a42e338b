/**
 * What is measured, its gate where there is one, and what a row means. Gates were set 1 to 3 % above a first prototype
 * with the same storage layout, so a change that costs gas shows in review.
 */
export type GasRow = {
  /** Key in the JSON line. */
  readonly key: string;
  readonly what: string;
  /** Most gas allowed; absent where the row is for comparison only. */
  readonly gate?: number;
};

export const GAS_ROWS = [
  { key: "floorFirst", what: "floor: (voter, entry) slot + tally slot + event + transferFrom, first" },
  { key: "floorRepeat", what: "floor, repeat" },
  { key: "floorFirstNoCoin", what: "floor without the coin, first" },
  { key: "floorRepeatNoCoin", what: "floor without the coin, repeat" },
  { key: "approve", what: "approve of the coin, needed once before" },
  { key: "dropFirstOpen", what: "drop, open contest, first by a voter", gate: 78_500 },
  { key: "dropRepeatOpen", what: "drop, open contest, repeat", gate: 61_500 },
  { key: "dropFirstPerson", what: "drop, personhood contest, first by a person", gate: 86_000 },
  { key: "dropRepeatPerson", what: "drop, personhood contest, repeat", gate: 69_000 },
  { key: "dropFirstSupport", what: "drop, personhood contest, first, as support" },
  { key: "permitFirst", what: "drop with permit, first", gate: 110_000 },
  { key: "permitRepeat", what: "drop with permit, repeat" },
  { key: "dropManyNewEach", what: "dropMany of 5, open, each, new" },
  { key: "dropManyRepeatEach", what: "dropMany of 5, open, each, repeat" },
  { key: "orderBatchFirst", what: "batch of 20 signed orders, each, first by a voter", gate: 50_500 },
  { key: "orderBatchRepeat", what: "batch of 20 signed orders, each, repeat", gate: 33_000 },
  { key: "orderAloneRepeat", what: "one signed order by itself, repeat" },
  { key: "withdrawPart", what: "withdraw a part", gate: 57_000 },
  { key: "withdrawAll", what: "withdraw all", gate: 57_000 },
  { key: "moveNew", what: "move to an entry without a stake", gate: 74_000 },
  { key: "moveExisting", what: "move to an entry with a stake", gate: 57_000 },
  { key: "createContest", what: "create a contest, open", gate: 175_000 },
  { key: "createContestPerson", what: "create a contest, personhood", gate: 175_000 },
  { key: "submitEntry", what: "submit with bond, open", gate: 157_000 },
  { key: "submitFirstEntry", what: "submit with bond, the contest's very first" },
  { key: "submitEntryPerson", what: "submit with bond, personhood", gate: 157_000 },
  { key: "bind", what: "bind a wallet, attested by one issuer" },
  { key: "semaphoreVerify", what: "bind a wallet with a real Semaphore proof" },
  { key: "growth10to1000", what: "the same drop with 1,000 entries present less the same with 10", gate: 0 },
  { key: "count10", what: "count 10 entries", gate: 78_000 },
  { key: "count100", what: "count 100 entries", gate: 360_000 },
  { key: "count1000", what: "count 1,000 entries, random scores", gate: 2_750_000 },
  { key: "count1000Rising", what: "count 1,000 entries, each better than the one before (worst case)" },
  { key: "finalize", what: "finalize", gate: 36_000 },
  { key: "claim", what: "claim", gate: 56_000 },
  { key: "slashAttestation", what: "slash a node for a false attestation" },
  { key: "challengeBlock", what: "challenge a node to bring a block" },
  {
    key: "blockAnswer",
    what: "answer with 16 KiB and a path of 19 hashes (6 GiB); the bond pays twice",
    gate: 1_500_000,
  },
  { key: "contestBytes", what: "bytes of code behind every contest (EIP-170)", gate: 24_576 },
] as const satisfies readonly GasRow[];

export type GasKey = (typeof GAS_ROWS)[number]["key"];
export type GasFigures = Readonly<Record<GasKey, number>>;

/** Published by others, measured on one EVM under Prague rules, each at its own compiler settings; whole transactions. */
export const PEERS: readonly { system: string; first: string; repeat: string }[] = [
  {
    system: "OpenZeppelin Governor 5.7 castVote (no coin moves; delegation before: 95,654)",
    first: "65,882",
    repeat: "–",
  },
  {
    system: "OpenZeppelin Governor 5.7 castVoteBySig (no coin moves; delegation before)",
    first: "97,610",
    repeat: "–",
  },
  { system: "Aragon token-voting vote (no coin moves; delegation before)", first: "75,449", repeat: "80,659" },
  { system: "Snapshot X, EthTx + OZVotes (no coin moves; delegation before)", first: "93,200", repeat: "–" },
  { system: "Allo v2 QV allocate (admin adds each voter: 55,547)", first: "132,483", repeat: "81,434" },
  { system: "JokeRace v6.21 castVote, 10 ranks (native coin, not refundable)", first: "321,706", repeat: "226,071" },
  { system: "JokeRace v6.21 castVote, 250 ranks, worst case", first: "1,689,765", repeat: "" },
  { system: "MACI v3 publishMessage (sign-up and join before: 428 k)", first: "358,643", repeat: "same" },
  { system: "new contest: Aragon / Snapshot X / JokeRace", first: "278,152 / 404,412 / 7,340,367", repeat: "" },
  {
    system: "submit: OpenZeppelin propose / Aragon / Snapshot X / JokeRace / Allo",
    first: "62,365 / 131,165 / 154,509 / 212,180–246,392 / 317,994",
    repeat: "",
  },
  {
    system: "exact paged count of 10 / 100 / 1,000 entries (a probe; two tallies a slot where it helps)",
    first: "129,867 / 418,188 / 1,749,890–2,571,905",
    repeat: "",
  },
];

export type Verdict = { readonly row: GasRow; readonly gas: number; readonly holds: boolean };

export function judge(figures: GasFigures): Verdict[] {
  return GAS_ROWS.map((row: GasRow & { key: GasKey }) => {
    const gas = figures[row.key];
    return { row, gas, holds: row.gate === undefined || gas <= row.gate };
  });
}

/** The figures as a Markdown table, with gates and peers. */
export function gasTable(verdicts: readonly Verdict[]): string {
  const number = (value: number) => value.toLocaleString("en-US");
  const rows = verdicts.map(({ row, gas, holds }) => {
    const gate = row.gate === undefined ? "" : number(row.gate);
    return `| ${row.what} | ${number(gas)} | ${gate} | ${row.gate === undefined ? "" : holds ? "holds" : "EXCEEDED"} |`;
  });
  const peers = PEERS.map(({ system, first, repeat }) => `| ${system} | ${first} | ${repeat} |`);
  return [
    "| Action | gas | gate | |",
    "| --- | ---: | ---: | --- |",
    ...rows,
    "",
    "| Others, as published | first vote or whole action | repeat |",
    "| --- | ---: | ---: |",
    ...peers,
  ].join("\n");
}
