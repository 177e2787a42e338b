import { Link } from "@tanstack/react-router";
import { useConfig } from "../config/useConfig.ts";
import { isDegraded, useNetwork } from "../data/network.ts";
import { Logo } from "../parts/Logo.tsx";
import { Washer } from "../parts/Washer.tsx";
import { ConnectButton } from "../wallet/ConnectButton.tsx";
import { words } from "../words/words.ts";
import { ThemeSwitch } from "./ThemeSwitch.tsx";
import { useSection } from "./useSection.ts";

/** Brand, the site's pages from 960 px, the chain with its block, theme and wallet. */
export function Header() {
  const section = useSection();
  const current = (name: string) => (section === name ? "page" : undefined);
  return (
    <header className="head">
      <div className="wrap">
        <Link className="brand" to="/">
          <Logo />
          {words.site.name}
        </Link>
        <nav aria-label={words.site.nav}>
          <Link to="/" aria-current={current("contests")}>
            {words.site.contests}
          </Link>
          <Link to="/coins" aria-current={current("coins")}>
            {words.site.coins}
          </Link>
          <Link to="/nodes" aria-current={current("nodes")}>
            {words.site.nodes}
          </Link>
          <Link to="/audit" aria-current={current("audit")}>
            {words.site.audit}
          </Link>
          <Link to="/powers" aria-current={current("powers")}>
            {words.site.powers}
          </Link>
        </nav>
        <div className="head-end">
          <ChainHead />
          <ThemeSwitch />
          <ConnectButton />
        </div>
      </div>
    </header>
  );
}

function ChainHead() {
  const { chainName } = useConfig();
  const network = useNetwork();
  const { head, rpc } = network;
  return (
    <span className="chain-head">
      <Washer kind={rpc === "down" ? "off" : isDegraded(network) || head === null ? "late" : "proven"} />
      {head === null
        ? words.site.chainAsking(chainName)
        : words.site.chainAt(chainName, head.number.toLocaleString("en-GB"))}
    </span>
  );
}
