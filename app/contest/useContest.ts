import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Address } from "viem";
import type { ContestView, EntryView, VoterView } from "#protocol/http.ts";
import { type Phase, phaseAt } from "#protocol/rules.ts";
import { useConfig } from "../config/useConfig.ts";
import { useChainNow } from "../data/clock.ts";
import { contestQuery, entriesQuery, voterQuery } from "../data/queries.ts";
import { useWallet } from "../wallet/walletStore.ts";

/** The address in the page's own address, lower case. */
export function useContestAddress(): Address {
  const { address = "" } = useParams({ strict: false });
  return address.toLowerCase() as Address;
}

/** The contest that the page is about. */
export function useContest() {
  return useQuery(contestQuery(useConfig(), useContestAddress()));
}

/** All its entries, by id. */
export function useEntries() {
  return useQuery(entriesQuery(useConfig(), useContestAddress()));
}

/** What the connected wallet has in the contest; idle without a wallet. */
export function useVoter() {
  const config = useConfig();
  const contest = useContestAddress();
  const { address } = useWallet();
  return useQuery({
    ...voterQuery(config, contest, address ?? "0x0000000000000000000000000000000000000000"),
    enabled: address !== null,
  });
}

/** The phase by the chain's clock: flips without a reload. */
export function usePhase(contest: ContestView): Phase {
  const now = useChainNow("second");
  return phaseAt(contest.rules, now, contest.result !== null);
}

/** Wei that the voter has on an entry. */
export function stakeOn(voter: VoterView | undefined, entryId: number): bigint {
  return BigInt(voter?.stakes.find((stake) => stake.entryId === entryId)?.stake ?? "0");
}

/** Whether an entry still takes coins. */
export function isLive({ status }: Pick<EntryView, "status">): boolean {
  return status === "live" || status === "challenged";
}
