import { RainbowKitProvider, useAccountModal, useConnectModal } from "@rainbow-me/rainbowkit";
import "@rainbow-me/rainbowkit/styles.css";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Address } from "viem";
import { useAccount, useConnectors, useSwitchChain, WagmiProvider } from "wagmi";
import { useConfig } from "../config/useConfig.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { isDark, onThemeChange } from "../shell/theme.ts";
import { toast } from "../shell/toasts.ts";
import { dropUnsent } from "../transactions/steps.ts";
import { words } from "../words/words.ts";
import { rainbowTheme } from "./rainbowTheme.ts";
import { walletConfig } from "./walletConfig.ts";
import { setWalletActions } from "./walletDoor.ts";
import { setWallet } from "./walletStore.ts";

/** wagmi and RainbowKit, mounted beside the pages. Shows nothing but its windows. */
export function WalletRoom() {
  const config = useConfig();
  const dark = useSyncExternalStore(onThemeChange, isDark);
  return (
    <WagmiProvider config={walletConfig(config)} reconnectOnMount>
      <RainbowKitProvider theme={rainbowTheme(dark)} modalSize="compact" locale="en-US">
        <Bridge />
      </RainbowKitProvider>
    </WagmiProvider>
  );
}

function Bridge() {
  const config = useConfig();
  const { address, status, chainId } = useAccount();
  const { openConnectModal } = useConnectModal();
  const { openAccountModal } = useAccountModal();
  const { switchChainAsync } = useSwitchChain();
  const wallets = useConnectors().length;
  const [missing, setMissing] = useState(false);
  const [wanted, setWanted] = useState(false);
  const now = useRef({ openConnectModal, openAccountModal, switchChainAsync, wallets });
  now.current = { openConnectModal, openAccountModal, switchChainAsync, wallets };

  const account = useRef(address);
  useEffect(() => {
    const before = account.current;
    account.current = address;
    if (before !== undefined && address !== undefined && before !== address && dropUnsent()) {
      toast("bad", words.wallet.switchedBold, words.wallet.switched);
    }
    setWallet({
      room: "ready",
      status: status === "connected" ? "connected" : status === "disconnected" ? "disconnected" : "connecting",
      address: address === undefined ? null : (address.toLowerCase() as Address),
      chainId: chainId ?? null,
    });
  }, [address, status, chainId]);

  useEffect(() => {
    setWalletActions({
      openConnect: () => (now.current.wallets === 0 ? setMissing(true) : setWanted(true)),
      openAccount: () => now.current.openAccountModal?.(),
      switchChain: async () => {
        await now.current.switchChainAsync({ chainId: config.chainId }).catch(() => undefined);
      },
    });
  }, [config.chainId]);

  // RainbowKit offers its window only once it knows that no wallet is connected.
  useEffect(() => {
    if (!wanted || openConnectModal === undefined) return;
    setWanted(false);
    openConnectModal();
  }, [wanted, openConnectModal]);

  return (
    <Dialog open={missing} title={words.wallet.none} onClose={() => setMissing(false)}>
      <p>{words.wallet.noneText}</p>
      <p className="quiet small">{words.wallet.noneList}</p>
    </Dialog>
  );
}
