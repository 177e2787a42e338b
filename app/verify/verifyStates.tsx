import { Icon } from "../parts/Icon.tsx";
import { words } from "../words/words.ts";

/** One line while somebody is asked. */
export function Asking({ what }: { readonly what: string }) {
  return (
    <p className="small quiet" role="status">
      {what}
    </p>
  );
}

/** One line when nobody answered, and the way to ask again. */
export function AskAgain({ what, onRetry }: { readonly what: string; readonly onRetry: () => void }) {
  return (
    <div className="row" role="alert">
      <p className="verify-error">{what}</p>
      <button type="button" className="btn btn-small" onClick={onRetry}>
        <Icon name="retry" />
        {words.states.retry}
      </button>
    </div>
  );
}
