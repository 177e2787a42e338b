import { Link, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { Dialog } from "../parts/Dialog.tsx";
import { Icon } from "../parts/Icon.tsx";
import { words } from "../words/words.ts";
import { useSection } from "./useSection.ts";

/** The site's pages at the thumb, below 960 px. An entry's page has its own bar there instead. */
export function Dock() {
  const section = useSection();
  const [more, setMore] = useState(false);
  const onEntry = useRouterState({ select: (state) => /^\/contest\/[^/]+\/entry\//.test(state.location.pathname) });
  if (onEntry) return null;
  const current = (name: string) => (section === name ? "page" : undefined);
  return (
    <>
      <nav className="dock" aria-label={words.site.dock}>
        <Link className="dock-item" to="/" aria-current={current("contests")}>
          <Icon name="board" />
          {words.site.contests}
        </Link>
        <Link className="dock-item" to="/coins" aria-current={current("coins")}>
          <Icon name="coin" />
          {words.site.coins}
        </Link>
        <Link className="dock-item" to="/audit" aria-current={current("audit")}>
          <Icon name="recount" />
          {words.site.audit}
        </Link>
        <button type="button" className="dock-item" onClick={() => setMore(true)} aria-haspopup="dialog">
          <Icon name="more" />
          {words.site.more}
        </button>
      </nav>
      <Dialog open={more} title={words.site.more} onClose={() => setMore(false)}>
        <nav className="more-links" aria-label={words.site.more}>
          <Link to="/nodes" onClick={() => setMore(false)}>
            {words.site.nodes}
          </Link>
          <Link to="/powers" onClick={() => setMore(false)}>
            {words.site.powers}
          </Link>
          <Link to="/powers" hash="limits" onClick={() => setMore(false)}>
            {words.site.limits}
          </Link>
        </nav>
      </Dialog>
    </>
  );
}
