import { connectorsForWallets } from "@rainbow-me/rainbowkit";
import { injectedWallet } from "@rainbow-me/rainbowkit/wallets";
import { type Config, createConfig, createStorage, http } from "wagmi";
import type { AppConfig } from "#protocol/config.ts";
import { chainOf } from "../chain/client.ts";
import { readStored, removeStored, writeStored } from "../config/browserStore.ts";
import { words } from "../words/words.ts";
import { throwawayWallet } from "./throwawayWallet.ts";

let wagmi: Config | null = null;

/**
 * The wallets of this page: those that announce themselves (EIP-6963), the one injected without an announcement, and in
 * the local demo the throw-away one. Nothing here calls out: WalletConnect would, so it is not among them.
 */
export function walletConfig(config: AppConfig): Config {
  wagmi ??= createWalletConfig(config);
  return wagmi;
}

function createWalletConfig(config: AppConfig): Config {
  const { demo } = config;
  const groups = [
    ...(demo === null ? [] : [{ groupName: words.wallet.demoGroup, wallets: [throwawayWallet(config, demo.fundUrl)] }]),
    ...("ethereum" in window ? [{ groupName: words.wallet.browserGroup, wallets: [injectedWallet] }] : []),
  ];
  // RainbowKit wants some project id; none of these wallets uses it.
  const connectors =
    groups.length === 0 ? [] : connectorsForWallets(groups, { appName: words.site.name, projectId: "unused" });
  return createConfig({
    chains: [chainOf(config)],
    connectors,
    transports: { [config.chainId]: http(config.rpcUrl) },
    multiInjectedProviderDiscovery: true,
    storage: createStorage({
      storage: {
        getItem: (name) => readStored(name),
        setItem: (name, value) => writeStored(name, value),
        removeItem: (name) => removeStored(name),
      },
    }),
  });
}
