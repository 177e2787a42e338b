import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { DropArguments } from "./dropCoins.ts";
import type { OrderAct } from "./order.ts";

/** Puts coins on an entry by a signed order, for which a relay pays. */
export function orderDrop({ contest, entryId, entry, amount }: DropArguments): OrderAct {
  const written = (wei: bigint) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`;
  return {
    title: words.steps.heading.drop(written(amount), entry),
    done: words.steps.finished.drop(written(amount), entry),
    contest: contest.address,
    coin: contest.coin.address,
    kind: "Drop",
    entryId,
    wei: amount,
    amount: written,
  };
}
