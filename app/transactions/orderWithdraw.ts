import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { DropArguments } from "./dropCoins.ts";
import type { OrderAct } from "./order.ts";

/** Takes coins back from an entry by a signed order, for which a relay pays. Works in every phase. */
export function orderWithdraw({ contest, entryId, entry, amount }: DropArguments): OrderAct {
  const written = (wei: bigint) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`;
  return {
    title: words.steps.heading.withdraw(written(amount), entry),
    done: words.steps.finished.withdraw(written(amount), entry),
    contest: contest.address,
    coin: contest.coin.address,
    kind: "Withdraw",
    entryId,
    wei: amount,
    amount: written,
  };
}
