import { shorten } from "../parts/shorten.ts";
import { Washer } from "../parts/Washer.tsx";
import { words } from "../words/words.ts";
import { openAccount, openConnect } from "./walletDoor.ts";
import { useWallet } from "./walletStore.ts";

/** The header's button. It is drawn before the wallet room is loaded and wakes it when pressed. */
export function ConnectButton() {
  const { status, address } = useWallet();
  if (status === "connected" && address !== null) {
    return (
      <button
        type="button"
        className="btn"
        data-testid="rk-account-button"
        aria-label={words.wallet.account(shorten(address))}
        onClick={openAccount}
      >
        <span className="mono">{shorten(address)}</span>
      </button>
    );
  }
  return (
    <button type="button" className="btn" data-testid="rk-connect-button" onClick={openConnect}>
      {status === "connecting" ? <Washer kind="turning" /> : null}
      {status === "connecting" ? words.wallet.connecting : words.wallet.connect}
    </button>
  );
}
