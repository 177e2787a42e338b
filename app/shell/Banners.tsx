import { useRouterState } from "@tanstack/react-router";
import { useConfig } from "../config/useConfig.ts";
import { isDegraded, useNetwork } from "../data/network.ts";
import { Icon } from "../parts/Icon.tsx";
import { switchChain } from "../wallet/walletDoor.ts";
import { useWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";

/** What is not as usual: services that are silent, a wallet elsewhere, a contest nobody vouches for, the demo. */
export function Banners() {
  const config = useConfig();
  const network = useNetwork();
  const wallet = useWallet();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const contest = /^\/contest\/(0x[0-9a-fA-F]{40})/.exec(path)?.[1]?.toLowerCase();
  const elsewhere = wallet.status === "connected" && wallet.chainId !== null && wallet.chainId !== config.chainId;
  const unlisted = contest !== undefined && !config.contests.some((address) => address === contest);
  const degraded = isDegraded(network);
  const said = words.banner;

  return (
    <>
      {network.rpc === "down" ? (
        <div className="banner" role="alert">
          <Icon name="warn" />
          <p>
            <b>{said.rpcDown}</b> {degraded ? said.bothDownText : said.rpcDownText}
          </p>
        </div>
      ) : degraded ? (
        <div className="banner" role="alert" data-testid="banner-degraded">
          <Icon name="warn" />
          <p>
            <b>{network.indexer === "behind" ? said.indexerBehind : said.indexerDown}</b> {said.readingChain}
          </p>
        </div>
      ) : null}
      {elsewhere ? (
        <div className="banner" role="alert">
          <Icon name="warn" />
          <p>
            <b>{said.wrongNetwork(config.chainName)}</b> {said.wrongNetworkText}
          </p>
          <button type="button" className="btn" onClick={switchChain}>
            {said.switchTo(config.chainName)}
          </button>
        </div>
      ) : null}
      {unlisted ? (
        <div className="banner">
          <Icon name="warn" />
          <p>
            <b>{said.unlisted}</b> {said.unlistedText}
          </p>
        </div>
      ) : null}
      {config.demo === null ? null : (
        <aside className="banner banner-plain" aria-label={said.demo}>
          <p>
            <b>{said.demo}</b> {said.demoText}{" "}
            {config.demo.crowd.length > 0 ? said.crowd(config.demo.crowd.length) : null}
          </p>
        </aside>
      )}
    </>
  );
}
