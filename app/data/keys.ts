import type { Address } from "viem";

/** Names of cached answers. Everything about a contest begins with its address. */
export const keys = {
  contests: ["contests"] as const,
  contest: (contest: Address) => [contest, "contest"] as const,
  entries: (contest: Address) => [contest, "entries"] as const,
  ranking: (contest: Address) => [contest, "ranking"] as const,
  history: (contest: Address) => [contest, "history"] as const,
  voter: (contest: Address, wallet: Address) => [contest, "voter", wallet] as const,
  activity: (contest: Address, entry: number | null) => [contest, "activity", entry] as const,
  nodes: ["nodes"] as const,
  adapter: (adapter: Address) => ["adapter", adapter] as const,
  group: (semaphore: Address, groupId: bigint) => ["group", semaphore, groupId.toString()] as const,
  balance: (coin: Address, wallet: Address) => ["balance", coin, wallet] as const,
};
