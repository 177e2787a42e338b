import { useMemo } from "react";
import type { Hex } from "viem";
import { dayAt, fairSeed, inFairOrder } from "#protocol/fairOrder.ts";
import type { EntryView } from "#protocol/http.ts";
import { useConfig } from "../config/useConfig.ts";
import { useChainNow } from "../data/clock.ts";
import { viewerOf } from "../wallet/viewer.ts";
import { useWallet } from "../wallet/walletStore.ts";
import { useContestAddress } from "./useContest.ts";

export type Draw = {
  readonly chainId: number;
  readonly contest: string;
  readonly day: number;
  readonly viewer: Hex;
  readonly seed: Hex;
};

/** The visitor's own order for today, and the values that anyone can repeat it with. */
export function useDraw(): Draw {
  const { chainId } = useConfig();
  const contest = useContestAddress();
  const day = dayAt(useChainNow("minute"));
  const viewer = viewerOf(useWallet().address);
  return useMemo(
    () => ({ chainId, contest, day, viewer, seed: fairSeed({ chainId, contest, day, viewer }) }),
    [chainId, contest, day, viewer],
  );
}

/** The entries in the visitor's own order. */
export function useFairOrder(entries: readonly EntryView[]): readonly EntryView[] {
  const { seed } = useDraw();
  return useMemo(() => inFairOrder(entries, seed), [entries, seed]);
}
