import { Link, useRouterState } from "@tanstack/react-router";
import { useConfig } from "../config/useConfig.ts";
import { shorten } from "../parts/shorten.ts";
import { words } from "../words/words.ts";

/** Where one is, and the ways to doubt it. */
export function Footer() {
  const { chainName } = useConfig();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const contest = /^\/contest\/(0x[0-9a-fA-F]{40})/.exec(path)?.[1];
  const sentence = contest === undefined ? null : words.site.footContest(shorten(contest), chainName);
  return (
    <footer className="foot-note">
      <div className="wrap">
        <span>
          {sentence === null ? (
            words.site.footPlain(chainName)
          ) : (
            <>
              {sentence.before}
              <span className="mono">{sentence.address}</span>
              {sentence.after}
            </>
          )}
        </span>
        <Link to="/powers" hash="limits">
          {words.site.limits}
        </Link>
        <Link to="/audit">{words.site.recount}</Link>
      </div>
    </footer>
  );
}
