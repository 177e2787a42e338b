import type { Wallet, WalletDetailsParams } from "@rainbow-me/rainbowkit";
import { createConnector } from "wagmi";
import type { AppConfig } from "#protocol/config.ts";
import { readStored, removeStored, writeStored } from "../config/browserStore.ts";
import { toast } from "../shell/toasts.ts";
import { words } from "../words/words.ts";
import { fundThrowaway } from "./throwawayKey.ts";
import { createThrowawayProvider } from "./throwawayProvider.ts";

const connected = "throwaway.connected";
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' fill='%23e9ece6'/%3E%3Cpath fill='%23e65808' fill-rule='evenodd' d='M20.5 9.2a10 10 0 1 0 0 17.6ZM16 14.4a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2Z'/%3E%3Crect x='22.5' y='4' width='4.5' height='24' rx='2.25' fill='%23171b18'/%3E%3C/svg%3E";

/** The demo's wallet among RainbowKit's: made in the browser, filled by the demo's fountain. */
export function throwawayWallet(config: AppConfig, fundUrl: string) {
  return (): Wallet => ({
    id: "throwaway",
    name: words.wallet.throwaway,
    shortName: words.wallet.throwawayShort,
    iconUrl: icon,
    iconBackground: "#e9ece6",
    installed: true,
    createConnector: (details: WalletDetailsParams) =>
      createConnector((wagmi) => {
        let wallet: ReturnType<typeof createThrowawayProvider> | null = null;
        const open = () => {
          wallet ??= createThrowawayProvider(config);
          return wallet;
        };
        const fund = async () => {
          try {
            if (await fundThrowaway(fundUrl, open().address))
              toast("proven", words.wallet.throwawayShort, words.wallet.funded);
          } catch {
            toast("bad", words.wallet.throwawayShort, words.wallet.fundFailed);
          }
        };
        return {
          ...details,
          id: "throwaway",
          name: words.wallet.throwaway,
          type: "throwaway",
          // wagmi types this by whether the caller asked for capabilities; this wallet has none.
          connect: (async () => {
            await fund();
            writeStored(connected, "yes");
            return { accounts: [open().address], chainId: config.chainId };
          }) as never,
          disconnect: async () => removeStored(connected),
          getAccounts: async () => [open().address],
          getChainId: async () => config.chainId,
          getProvider: async () => open().provider,
          isAuthorized: async () => readStored(connected) === "yes",
          onAccountsChanged: () => undefined,
          onChainChanged: () => undefined,
          onDisconnect: () => wagmi.emitter.emit("disconnect"),
        };
      }),
  });
}
