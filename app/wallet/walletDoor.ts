import { readWallet, setWallet } from "./walletStore.ts";

/** What the wallet room offers to the pages once it is there. */
export type WalletActions = {
  readonly openConnect: () => void;
  readonly openAccount: () => void;
  readonly switchChain: () => Promise<void>;
};

let actions: WalletActions | null = null;
let wake: (() => void) | null = null;
let wanted: keyof WalletActions | null = null;

/** The root says how to mount the wallet room. */
export function onWake(listener: () => void): void {
  wake = listener;
}

/** The wallet room hands over its actions, and does at once what was asked for while it was loading. */
export function setWalletActions(next: WalletActions): void {
  actions = next;
  const waiting = wanted;
  wanted = null;
  if (waiting !== null) void next[waiting]();
}

/** Mounts the wallet room, if it is not there yet. */
export function wakeWallet(): void {
  if (readWallet().room !== "asleep" && readWallet().room !== "failed") return;
  setWallet({ room: "loading" });
  wake?.();
}

function ask(what: keyof WalletActions): void {
  if (actions !== null) {
    void actions[what]();
    return;
  }
  wanted = what;
  wakeWallet();
}

/** Opens the window with the wallets to choose from. */
export const openConnect = () => ask("openConnect");
/** Opens the window of the connected account. */
export const openAccount = () => ask("openAccount");
/** Asks the wallet to go to the contest's chain. */
export const switchChain = () => ask("switchChain");
