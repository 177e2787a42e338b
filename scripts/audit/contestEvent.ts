/** Where a log stands in the chain's one order. */
export type Place = { readonly block: number; readonly index: number };

/** What a contest says about itself, as far as the recount needs it. Addresses are lower case. */
export type ContestEvent = Place &
  (
    | {
        readonly kind: "submitted";
        readonly entryId: bigint;
        readonly author: string;
        readonly manifestHash: string;
        readonly modelSha256: string;
        readonly modelRoot: string;
        readonly modelSize: bigint;
      }
    | { readonly kind: "retracted"; readonly entryId: bigint; readonly returned: bigint; readonly burned: bigint }
    | {
        readonly kind: "challenged";
        readonly entryId: bigint;
        readonly challengeId: bigint;
        readonly challenger: string;
        readonly disputeId: bigint;
        readonly reason: string;
      }
    | {
        readonly kind: "ruled";
        readonly entryId: bigint;
        readonly challengeId: bigint;
        readonly ruling: bigint;
        readonly lapsed: boolean;
      }
    /** What the arbitrator said, as ERC-792 tells it. */
    | { readonly kind: "ruling"; readonly arbitrator: string; readonly disputeId: bigint; readonly ruling: bigint }
    /** What ERC-1497 tells those who rule. `challengeId` names the group of evidence. */
    | { readonly kind: "metaEvidence" }
    | {
        readonly kind: "dispute";
        readonly arbitrator: string;
        readonly disputeId: bigint;
        readonly challengeId: bigint;
      }
    | { readonly kind: "evidence"; readonly arbitrator: string; readonly challengeId: bigint; readonly party: string }
    /** Nothing of the order took effect. */
    | { readonly kind: "orderSkipped"; readonly voter: string; readonly entryId: bigint; readonly nonce: bigint }
    | { readonly kind: "ordersCancelled"; readonly voter: string; readonly entryId: bigint; readonly mask: bigint }
    | { readonly kind: "bound"; readonly wallet: string; readonly nullifier: string }
    | {
        readonly kind: "stake";
        readonly voter: string;
        readonly entryId: bigint;
        readonly stake: bigint;
        readonly weight: bigint;
        readonly entryWeight: bigint;
        readonly timestamp: bigint;
      }
    | { readonly kind: "funded"; readonly funder: string; readonly amount: bigint; readonly pot: bigint }
    | { readonly kind: "reclaimed"; readonly funder: string; readonly amount: bigint }
    | { readonly kind: "counted"; readonly upTo: bigint }
    | {
        readonly kind: "finalized";
        readonly entryIds: readonly bigint[];
        readonly pot: bigint;
        readonly unheld: bigint;
      }
    | {
        readonly kind: "claimed";
        readonly rank: bigint;
        readonly entryId: bigint;
        readonly to: string;
        readonly amount: bigint;
      }
    | { readonly kind: "credited"; readonly account: string; readonly token: string; readonly amount: bigint }
    | { readonly kind: "collected"; readonly account: string; readonly token: string; readonly amount: bigint }
    | { readonly kind: "unknown"; readonly topic: string }
  );
