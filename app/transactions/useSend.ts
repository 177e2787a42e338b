import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Address } from "viem";
import { useConfig } from "../config/useConfig.ts";
import { keys } from "../data/keys.ts";
import { useWallet } from "../wallet/walletStore.ts";
import type { OrderAct } from "./order.ts";
import { isBusy, useSteps } from "./steps.ts";
import type { Transaction } from "./transaction.ts";

/** Sends acts, or has signed orders carried, with their steps shown at `place`. The sending itself is loaded with the first one. */
export function useSend(place: string) {
  const config = useConfig();
  const client = useQueryClient();
  const steps = useSteps(place);
  const send = useCallback(
    async (transaction: Transaction) => {
      const { send: run } = await import("./send.ts");
      return run(transaction, { config, client, place });
    },
    [config, client, place],
  );
  const order = useCallback(
    async (act: OrderAct) => {
      const { sendOrder } = await import("./sendOrder.ts");
      return sendOrder(act, { config, client, place });
    },
    [config, client, place],
  );
  return { send, order, steps, busy: isBusy(steps) };
}

/** The connected wallet's balance of a coin, in wei; undefined until it is known. */
export function useBalance(coin: Address | undefined) {
  const config = useConfig();
  const { address } = useWallet();
  const nobody = "0x0000000000000000000000000000000000000000";
  return useQuery({
    queryKey: keys.balance(coin ?? nobody, address ?? nobody),
    enabled: coin !== undefined && address !== null,
    refetchInterval: 12_000,
    queryFn: async () => {
      const { readBalance } = await import("../chain/readBalance.ts");
      return readBalance(config, coin ?? nobody, address ?? nobody);
    },
  }).data;
}
