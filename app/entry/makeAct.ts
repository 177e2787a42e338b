import type { ContestView, EntryView } from "#protocol/http.ts";
import { entryName } from "../contest/measure.ts";
import type { Act } from "./dropGate.ts";

/** What an act is about; `amount` in wei. */
export type What = {
  readonly contest: ContestView;
  readonly entryId: number;
  readonly entry: string;
  readonly amount: bigint;
};

/** Transactions know the ABIs, which are heavy: they come with the first one. */
export async function makeTransaction(act: Act, what: What, target: EntryView | undefined) {
  if (act === "drop") return (await import("../transactions/dropCoins.ts")).dropCoins(what);
  if (act === "withdraw") return (await import("../transactions/withdrawCoins.ts")).withdrawCoins(what);
  if (target === undefined) return null;
  return (await import("../transactions/moveCoins.ts")).moveCoins({
    ...what,
    toEntryId: target.entryId,
    toEntry: entryName(target),
  });
}

/** As transactions do, orders come with the first one. */
export async function makeOrder(act: "drop" | "withdraw", what: What) {
  return act === "drop"
    ? (await import("../transactions/orderDrop.ts")).orderDrop(what)
    : (await import("../transactions/orderWithdraw.ts")).orderWithdraw(what);
}
