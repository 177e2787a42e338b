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
    | {
        readonly kind: "credited" | "collected";
        readonly account: string;
        readonly token: string;
        readonly amount: bigint;
      }
    | { readonly kind: "unknown"; readonly topic: string }
  );
