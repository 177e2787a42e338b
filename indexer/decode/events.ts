import type { Hex } from "viem";
import type { Fault } from "#protocol/faults.ts";
import type { WireRules } from "#protocol/wireRules.ts";

/** An event that the fold knows, decoded. Names and meanings are those of the interfaces in contracts/interfaces. */
export type ChainEvent =
  | { readonly name: "ContestCreated"; readonly contest: Hex; readonly creator: Hex; readonly rules: WireRules }
  | {
      readonly name: "EntrySubmitted";
      readonly entryId: number;
      readonly author: Hex;
      readonly manifestHash: Hex;
      readonly modelSha256: Hex;
      readonly modelRoot: Hex;
      readonly modelSize: number;
      readonly manifestURI: string;
    }
  | { readonly name: "EntryRetracted"; readonly entryId: number }
  | {
      readonly name: "EntryChallenged";
      readonly entryId: number;
      readonly challengeId: number;
      readonly challenger: Hex;
      readonly disputeId: bigint;
      readonly evidenceURI: string;
    }
  | {
      readonly name: "EntryRuled";
      readonly entryId: number;
      readonly challengeId: number;
      /** 0 refused or lapsed, 1 eligible, 2 ineligible. */
      readonly ruling: number;
      readonly lapsed: boolean;
    }
  | { readonly name: "Evidence"; readonly challengeId: number; readonly party: Hex; readonly evidenceURI: string }
  | { readonly name: "PersonBound"; readonly wallet: Hex; readonly nullifier: Hex }
  | StakeChanged
  | { readonly name: "PotFunded"; readonly funder: Hex; readonly amount: bigint; readonly pot: bigint }
  | { readonly name: "Counted"; readonly upTo: number }
  | { readonly name: "Finalized"; readonly entryIds: readonly number[]; readonly pot: bigint; readonly unheld: bigint }
  | {
      readonly name: "PrizeClaimed";
      readonly rank: number;
      readonly entryId: number;
      readonly to: Hex;
      readonly amount: bigint;
    }
  | { readonly name: "Reclaimed"; readonly funder: Hex; readonly amount: bigint }
  | { readonly name: "Credited"; readonly account: Hex; readonly token: Hex; readonly amount: bigint }
  | { readonly name: "Collected"; readonly account: Hex; readonly token: Hex; readonly amount: bigint }
  | { readonly name: "NodeRegistered"; readonly node: Hex; readonly endpoint: string; readonly stake: bigint }
  | { readonly name: "KeyAdded"; readonly node: Hex; readonly key: Hex }
  | { readonly name: "StakeSet"; readonly node: Hex; readonly stake: bigint }
  | { readonly name: "EndpointSet"; readonly node: Hex; readonly endpoint: string }
  | {
      readonly name: "Attested";
      readonly node: Hex;
      readonly contest: Hex;
      readonly entryId: bigint;
      readonly key: Hex;
      readonly manifestHash: Hex;
      readonly modelRoot: Hex;
      readonly modelSha256: Hex;
      readonly engine: Hex;
      readonly epoch: bigint;
    }
  | { readonly name: "NodeLeaving"; readonly node: Hex; readonly leavesAt: number }
  | {
      readonly name: "NodeSlashed";
      readonly node: Hex;
      readonly contest: Hex;
      readonly entryId: number;
      readonly fault: Fault;
      readonly evidence: Hex;
      readonly bringer: Hex;
      readonly amount: bigint;
      readonly reward: bigint;
    }
  | {
      readonly name: "BlockChallenged";
      readonly challengeId: bigint;
      readonly node: Hex;
      readonly contest: Hex;
      readonly entryId: number;
      readonly index: number;
      readonly challenger: Hex;
      readonly bond: bigint;
      /** Seconds since 1970. */
      readonly answerBy: number;
    }
  | { readonly name: "BlockAnswered" | "BlockExpired"; readonly challengeId: bigint; readonly node: Hex };

export type StakeChanged = {
  readonly name: "StakeChanged";
  readonly voter: Hex;
  readonly entryId: number;
  readonly stake: bigint;
  readonly weight: bigint;
  readonly entryWeight: bigint;
  /** Seconds since 1970. */
  readonly timestamp: number;
};

export type EventOf<Name extends ChainEvent["name"]> = Extract<ChainEvent, { readonly name: Name }>;
