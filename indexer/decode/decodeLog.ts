import type { Hex } from "viem";
import { decodeEventLog, toEventSelector } from "viem";
import { contestAbi, contestFactoryAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import { InvalidInputError } from "#protocol/errors.ts";
import { FAULTS } from "#protocol/faults.ts";
import { unpackRanks } from "#protocol/standings.ts";
import type { Log } from "../chain/log.ts";
import type { ChainEvent } from "./events.ts";
import { decodeStakeChanged, STAKE_CHANGED } from "./stakeChanged.ts";

/** Which of our contracts emitted a log. */
export type Role = "factory" | "registry" | "contest";

const KNOWN: Record<Role, ReadonlySet<Hex>> = {
  factory: selectors(contestFactoryAbi),
  registry: selectors(nodeRegistryAbi),
  contest: selectors(contestAbi),
};

/** First topics of all events of our contracts. */
export const ourTopics: readonly Hex[] = [...new Set(Object.values(KNOWN).flatMap((topics) => [...topics]))];

/** Decodes a log of one of our contracts; undefined for an event that the fold has no use for. */
export function decodeLog(role: Role, log: Log): ChainEvent | undefined {
  const signature = log.topics[0];
  if (signature === undefined || !KNOWN[role].has(signature)) return undefined;
  switch (role) {
    case "factory":
      return decodeFactory(log);
    case "registry":
      return decodeRegistry(log);
    case "contest":
      return log.topics[0] === STAKE_CHANGED ? decodeStakeChanged(log) : decodeContest(log);
  }
}

function decodeFactory(log: Log): ChainEvent | undefined {
  const event = decodeEventLog({ abi: contestFactoryAbi, ...raw(log) });
  const { contest, creator, rules } = event.args;
  return {
    name: "ContestCreated",
    contest: lower(contest),
    creator: lower(creator),
    rules: {
      ...rules,
      coin: lower(rules.coin),
      prizeToken: lower(rules.prizeToken),
      personhood: lower(rules.personhood),
      arbitrator: lower(rules.arbitrator),
      personCap: rules.personCap.toString(),
      entryCap: rules.entryCap.toString(),
      entryBond: rules.entryBond.toString(),
      challengeBond: rules.challengeBond.toString(),
      minTally: rules.minTally.toString(),
      split: [...rules.split],
    },
  };
}

function decodeContest(log: Log): ChainEvent | undefined {
  const event = decodeEventLog({ abi: contestAbi, ...raw(log) });
  switch (event.eventName) {
    case "EntrySubmitted": {
      const { args } = event;
      return {
        name: event.eventName,
        ...args,
        entryId: Number(args.entryId),
        author: lower(args.author),
        manifestURI: storable(args.manifestURI),
      };
    }
    case "EntryRetracted":
      return { name: event.eventName, entryId: Number(event.args.entryId) };
    case "EntryChallenged": {
      const { entryId, challengeId, challenger, disputeId, evidenceURI } = event.args;
      return {
        name: event.eventName,
        entryId: Number(entryId),
        challengeId: Number(challengeId),
        challenger: lower(challenger),
        disputeId,
        evidenceURI: storable(evidenceURI),
      };
    }
    case "EntryRuled": {
      const { entryId, challengeId, ruling, lapsed } = event.args;
      return {
        name: event.eventName,
        entryId: Number(entryId),
        challengeId: Number(challengeId),
        ruling: Number(ruling),
        lapsed,
      };
    }
    case "Evidence": {
      const { evidenceGroupID, party, evidence } = event.args;
      return {
        name: event.eventName,
        challengeId: Number(evidenceGroupID),
        party: lower(party),
        evidenceURI: storable(evidence),
      };
    }
    case "PersonBound":
      return { name: event.eventName, wallet: lower(event.args.wallet), nullifier: event.args.nullifier };
    case "PotFunded":
      return { name: event.eventName, ...event.args, funder: lower(event.args.funder) };
    case "Counted":
      return { name: event.eventName, upTo: Number(event.args.upTo) };
    case "Finalized":
      return { name: event.eventName, ...event.args, entryIds: unpackRanks(event.args.ranks) };
    case "PrizeClaimed": {
      const { rank, entryId, to, amount } = event.args;
      return { name: event.eventName, rank: Number(rank), entryId: Number(entryId), to: lower(to), amount };
    }
    case "Reclaimed":
      return { name: event.eventName, funder: lower(event.args.funder), amount: event.args.amount };
    case "Credited":
    case "Collected": {
      const { account, token, amount } = event.args;
      return { name: event.eventName, account: lower(account), token: lower(token), amount };
    }
    default:
      return undefined;
  }
}

function decodeRegistry(log: Log): ChainEvent | undefined {
  const event = decodeEventLog({ abi: nodeRegistryAbi, ...raw(log) });
  switch (event.eventName) {
    case "NodeRegistered": {
      const { node, endpoint, stake } = event.args;
      return { name: event.eventName, node: lower(node), endpoint: storable(endpoint), stake };
    }
    case "KeyAdded":
      return { name: event.eventName, node: lower(event.args.node), key: lower(event.args.key) };
    case "StakeSet":
      return { name: event.eventName, node: lower(event.args.node), stake: event.args.stake };
    case "EndpointSet":
      return { name: event.eventName, node: lower(event.args.node), endpoint: storable(event.args.endpoint) };
    case "Attested": {
      const { args } = event;
      const { node, contest, key } = args;
      return { name: event.eventName, ...args, node: lower(node), contest: lower(contest), key: lower(key) };
    }
    case "NodeLeaving":
      return { name: event.eventName, node: lower(event.args.node), leavesAt: Number(event.args.leavesAt) };
    case "NodeSlashed": {
      const { node, contest, entryId, fault, evidence, bringer, amount, reward } = event.args;
      return {
        name: event.eventName,
        node: lower(node),
        contest: lower(contest),
        entryId: Number(entryId),
        fault: FAULTS[fault] ?? unknownFault(fault),
        evidence,
        bringer: lower(bringer),
        amount,
        reward,
      };
    }
    case "BlockChallenged": {
      const { challengeId, node, contest, entryId, index, challenger, bond, answerBy } = event.args;
      return {
        name: event.eventName,
        challengeId,
        node: lower(node),
        contest: lower(contest),
        entryId: Number(entryId),
        index: Number(index),
        challenger: lower(challenger),
        bond,
        answerBy: Number(answerBy),
      };
    }
    case "BlockAnswered":
    case "BlockExpired":
      return { name: event.eventName, challengeId: event.args.challengeId, node: lower(event.args.node) };
    default:
      return undefined;
  }
}

function selectors(abi: typeof contestAbi | typeof contestFactoryAbi | typeof nodeRegistryAbi): ReadonlySet<Hex> {
  return new Set(abi.flatMap((item) => (item.type === "event" ? [toEventSelector(item)] : [])));
}

function unknownFault(fault: number): never {
  throw new InvalidInputError(`A node was slashed for a fault without a name: ${fault}.`);
}

/** Topics and data as viem wants them. */
function raw({ topics, data }: Log) {
  return { topics: topics as [Hex, ...Hex[]], data };
}

function lower(address: Hex): Hex {
  return address.toLowerCase() as Hex;
}

/** A text from the chain as every store can keep it: without the character NUL. */
function storable(value: string): string {
  return value.replaceAll("\0", "\ufffd");
}
