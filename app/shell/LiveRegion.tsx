import { useEffect, useState } from "react";
import { attachAnnouncer } from "./announce.ts";

/** Where screen readers hear about transaction steps, finished answers and copied values. */
export function LiveRegion() {
  const [text, setText] = useState("");
  useEffect(
    () =>
      attachAnnouncer((next) => {
        // A repeated sentence must change the node to be spoken again.
        setText((last) => (last === next ? `${next}\u00a0` : next));
      }),
    [],
  );
  return (
    <div className="vh" role="status" aria-live="polite">
      {text}
    </div>
  );
}
