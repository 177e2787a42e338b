import { useId } from "react";
import { words } from "../words/words.ts";

/** The ink stamp of a receipt that holds. `hour`: the epoch it was signed in, hours since 1970. */
export function Seal({ hour }: { readonly hour: string }) {
  const ring = useId();
  return (
    <svg className="seal" viewBox="0 0 120 120" role="img" aria-label={words.chat.sealLabel} data-testid="seal">
      <defs>
        <path id={ring} d="M16.5 60a43.5 43.5 0 1 1 87 0a43.5 43.5 0 1 1 -87 0" />
      </defs>
      <circle cx="60" cy="60" r="56" strokeWidth="2.5" />
      <circle cx="60" cy="60" r="33" strokeWidth="1.5" />
      <text fontSize="11" textLength="266" lengthAdjust="spacing">
        <textPath href={`#${ring}`} textLength="266" lengthAdjust="spacing">
          {words.chat.sealRing}
        </textPath>
      </text>
      <path d="m47 53 9 9 18-20" />
      <text className="seal-hour" x="60" y="81" fontSize="11" textAnchor="middle">
        {hour}
      </text>
    </svg>
  );
}
