import type { Place } from "./contestEvent.ts";

/** What a node registry says about itself. Addresses are lower case, amounts wei, times seconds since 1970. */
export type RegistryEvent = Place &
  (
    | { readonly kind: "registered"; readonly node: string; readonly endpoint: string; readonly stake: bigint }
    | { readonly kind: "keyAdded"; readonly node: string; readonly key: string }
    | { readonly kind: "stakeSet"; readonly node: string; readonly stake: bigint }
    | { readonly kind: "endpointSet"; readonly node: string; readonly endpoint: string }
    | { readonly kind: "attested"; readonly node: string; readonly key: string; readonly epoch: bigint }
    | { readonly kind: "leaving"; readonly node: string; readonly leavesAt: bigint }
    | {
        readonly kind: "slashed";
        readonly node: string;
        readonly contest: string;
        readonly entryId: bigint;
        /** 0 and 1: a false attestation, a false receipt. 2: a missing block. */
        readonly fault: number;
        readonly evidence: string;
        readonly bringer: string;
        readonly amount: bigint;
        readonly reward: bigint;
      }
    | {
        readonly kind: "challenged";
        readonly challengeId: bigint;
        readonly node: string;
        readonly contest: string;
        readonly entryId: bigint;
        readonly blockIndex: bigint;
        readonly challenger: string;
        readonly bond: bigint;
        readonly answerBy: bigint;
      }
    | { readonly kind: "answered" | "expired"; readonly challengeId: bigint; readonly node: string }
    | {
        readonly kind: "credited" | "collected";
        readonly account: string;
        /** Zero for the chain's own coin. */
        readonly token: string;
        readonly amount: bigint;
      }
    | { readonly kind: "burned"; readonly amount: bigint }
    | { readonly kind: "unknown"; readonly topic: string }
  );
