import type { ContestView, EntryView, VoterView } from "#protocol/http.ts";
import type { DropArguments } from "../transactions/dropCoins.ts";
import type { Transaction } from "../transactions/transaction.ts";

/** How the parts of the coins page have something done. */
export type Sender = {
  readonly run: (make: () => Promise<Transaction>) => void;
  /** Takes coins back from one entry, by the way that was chosen. */
  readonly takeBack: (what: DropArguments) => void;
  readonly busy: boolean;
};

export type PartProps = {
  readonly contest: ContestView;
  readonly entries: readonly EntryView[];
  readonly voter: VoterView;
  readonly sender: Sender;
};
