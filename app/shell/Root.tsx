import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useConfig } from "../config/useConfig.ts";
import { followLive } from "../data/live.ts";
import { Boundary } from "../parts/Boundary.tsx";
import { onWake, wakeWallet } from "../wallet/walletDoor.ts";
import { setWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";
import { Banners } from "./Banners.tsx";
import { Dock } from "./Dock.tsx";
import { Footer } from "./Footer.tsx";
import { Header } from "./Header.tsx";
import { LiveRegion } from "./LiveRegion.tsx";
import { Toasts } from "./Toasts.tsx";
import { toast } from "./toasts.ts";
import "./shell.css";

const WalletRoom = lazy(() => import("../wallet/WalletRoom.tsx").then(({ WalletRoom: room }) => ({ default: room })));

/** What stays while the pages change. */
export function Root() {
  const config = useConfig();
  const client = useQueryClient();
  const [walletAwake, setWalletAwake] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const firstPath = useRef(path);

  useEffect(() => followLive(config, client), [config, client]);

  useEffect(() => {
    onWake(() => setWalletAwake(true));
    // The wallet stack is heavier than the page itself, so it waits until the first paint is over.
    const idle =
      typeof requestIdleCallback === "function" ? requestIdleCallback : (run: () => void) => setTimeout(run, 400);
    idle(() => wakeWallet());
  }, []);

  // A new page is announced by moving the focus to it, as a browser does for a new document.
  useEffect(() => {
    if (firstPath.current === path) return;
    firstPath.current = path;
    if (!path.startsWith("/contest/") || path.includes("/entry/")) main.current?.focus({ preventScroll: true });
  }, [path]);

  return (
    <>
      <a className="btn skip" href="#main">
        {words.common.skip}
      </a>
      <Header />
      <Banners />
      <main id="main" tabIndex={-1} ref={main}>
        <Boundary key={path.split("/").slice(0, 4).join("/")}>
          <Outlet />
        </Boundary>
      </main>
      <Footer />
      <Dock />
      <Toasts />
      <LiveRegion />
      {walletAwake ? (
        <Boundary
          onError={() => {
            setWallet({ room: "failed" });
            toast("bad", words.wallet.failed, words.wallet.reload);
          }}
          quiet
        >
          <Suspense fallback={null}>
            <WalletRoom />
          </Suspense>
        </Boundary>
      ) : null}
    </>
  );
}
