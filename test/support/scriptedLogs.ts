import type { Address, Hex } from "viem";
import { encodeAbiParameters, encodeEventTopics, keccak256, parseAbi } from "viem";
import { contestAbi, contestFactoryAbi } from "#protocol/abi.ts";
import type { Rules } from "#protocol/rules.ts";

export const CHAIN_ID = 31_337;
export const FACTORY = addressOf(1);
export const REGISTRY = addressOf(2);
export const CONTEST = addressOf(3);
export const COIN = addressOf(4);
const ZERO = addressOf(0);
export const START = 1_800_000_000;
const AUTHOR = addressOf(0xa0);

/** Rules of the scripted contest: open, and its window is where the script's blocks are. */
export const RULES: Rules = {
  coin: COIN,
  prizeToken: COIN,
  personhood: ZERO,
  arbitrator: FACTORY,
  arbitratorExtraDataHash: keccak256("0x03"),
  declarationHash: keccak256("0x01"),
  entriesOpen: START,
  votesOpen: START + 10,
  countFrom: START + 40,
  votesClose: START + 1_000_000,
  rulingTimeout: 86_400,
  maxEntries: 65_535,
  maxModelBytes: 2 ** 32,
  personCap: 0n,
  entryCap: 0n,
  entryBond: 10n,
  challengeBond: 10n,
  minTally: 0n,
  split: [3_000, 2_000, 1_300, 1_000, 800, 600, 500, 400, 250, 150],
};
const CREATED = contestFactoryAbi.find((item) => item.type === "event" && item.name === "ContestCreated");
const SUBMITTED = contestAbi.find((item) => item.type === "event" && item.name === "EntrySubmitted");
const CHANGED = parseAbi([
  "event StakeChanged(address indexed voter, uint256 indexed entryId, uint256 stake, uint256 weight, uint256 entryWeight, uint256 timestamp)",
]);
const CHANGED_TOPIC = mustHave(encodeEventTopics({ abi: CHANGED })[0]);

/** The log that creates a contest, of whichever factory. */
export function created(contest: Hex = CONTEST, factory: Hex = FACTORY) {
  return logOf(factory, mustHave(CREATED), { contest, creator: AUTHOR, salt: hashOf(1), rules: RULES });
}

/** The log of an entry. */
export function submitted(entryId: number, contest: Hex = CONTEST) {
  return logOf(contest, mustHave(SUBMITTED), {
    entryId: BigInt(entryId),
    author: AUTHOR,
    manifestHash: hashOf(entryId, 1, 1),
    modelSha256: hashOf(entryId, 1, 2),
    modelRoot: hashOf(entryId, 1, 3),
    modelSize: 1_234,
    manifestURI: "",
  });
}

/** The log that a contest emits when a stake changes. */
export function stakeChanged(given: {
  readonly voter: Address;
  readonly entryId: number;
  readonly stake: bigint;
  readonly entryWeight: bigint;
  readonly timestamp: number;
}) {
  const { voter, entryId, stake, entryWeight, timestamp } = given;
  const topics: readonly Hex[] = [CHANGED_TOPIC, `0x${voter.slice(2).padStart(64, "0")}`, word(BigInt(entryId))];
  const data: Hex = `0x${[stake, stake, entryWeight, BigInt(timestamp)].map((value) => word(value).slice(2)).join("")}`;
  return { address: CONTEST, topics, data };
}

type EventAbi = Extract<(typeof contestAbi)[number] | (typeof contestFactoryAbi)[number], { readonly type: "event" }>;

function logOf(address: Hex, event: EventAbi, args: Record<string, unknown>) {
  const topics = encodeEventTopics({ abi: [event], eventName: event.name, args } as never) as Hex[];
  const plain = event.inputs.filter((input) => !input.indexed);
  return { address, topics, data: encodeAbiParameters(plain, plain.map(({ name }) => args[name ?? ""]) as never) };
}

/** The wallet of a voter by number. */
export function voterOf(voter: number): Address {
  return addressOf(0x1_0000 + voter);
}

export function addressOf(value: number): Hex {
  return `0x${value.toString(16).padStart(40, "0")}`;
}

export function hashOf(...numbers: readonly number[]): Hex {
  return keccak256(`0x${numbers.map((value) => word(BigInt(value)).slice(2)).join("")}`);
}

function word(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}

export function hex(value: number): Hex {
  return `0x${value.toString(16)}`;
}

export function mustHave<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError("nothing is there");
  return value;
}
