import type { Address } from "viem";
import { parseGwei } from "viem";
import type { Limits } from "./limits.ts";
import { DAY_MS, HOUR_MS } from "./limits.ts";
import type { Store } from "./store.ts";

export type Budget = ReturnType<typeof createBudget>;

/**
 * What a relay may still give: gas in an hour, money in a day, and of both a share for each contest where several are
 * served, so that none can use up what is there for all. What is on its way is not counted until it is in a block.
 */
export function createBudget({
  store,
  limits: { gasPerHour, weiPerDay, contestShare },
  isShared,
  now,
}: {
  readonly store: Pick<Store, "spentSince">;
  readonly limits: Pick<Limits, "gasPerHour" | "weiPerDay" | "contestShare">;
  /** Whether more than one contest is served. */
  readonly isShared: boolean;
  readonly now: () => number;
}) {
  const percent = isShared ? contestShare : 100;

  /** Of the contest, and of everybody where none is named. */
  function gasLeft(contest?: Address): number {
    const spent = (whose?: Address) => store.spentSince(now() - HOUR_MS, whose).gas;
    const left = Math.max(0, gasPerHour - spent());
    return contest === undefined
      ? left
      : Math.max(0, Math.min(left, Math.floor((gasPerHour * percent) / 100) - spent(contest)));
  }

  function weiLeft(contest?: Address): bigint {
    const spent = (whose?: Address) => parseGwei(String(store.spentSince(now() - DAY_MS, whose).gwei));
    const left = notNegative(weiPerDay - spent());
    if (contest === undefined) return left;
    const own = notNegative((weiPerDay * BigInt(percent)) / 100n - spent(contest));
    return own < left ? own : left;
  }

  return {
    gasLeft,
    weiLeft,
    /** The most gas that a transaction for a contest may be given at `fee` wei for a unit. */
    room(contest: Address, fee: bigint): bigint {
      const gas = BigInt(gasLeft(contest));
      if (fee === 0n) return gas;
      const paid = weiLeft(contest) / fee;
      return paid < gas ? paid : gas;
    },
  };
}

function notNegative(value: bigint): bigint {
  return value < 0n ? 0n : value;
}
