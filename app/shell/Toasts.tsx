import { Icon } from "../parts/Icon.tsx";
import { Washer } from "../parts/Washer.tsx";
import { words } from "../words/words.ts";
import { dismissToast, useToasts } from "./toasts.ts";

/** Short news over the page's lower edge. The live region has spoken them already. */
export function Toasts() {
  const toasts = useToasts();
  if (toasts.length === 0) return null;
  return (
    <section className="toasts" aria-label={words.common.news}>
      {toasts.map(({ id, tone, bold, text }) => (
        <div key={id} className={`toast toast-${tone}`}>
          {tone === "plain" ? <Washer kind="turning" /> : <Icon name={tone === "bad" ? "cross" : "tick"} />}
          <p>
            <b>{bold}</b>
            {text}
          </p>
          <button
            type="button"
            className="btn btn-small"
            aria-label={words.steps.dismiss}
            onClick={() => dismissToast(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
