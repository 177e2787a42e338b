import { words } from "../words/words.ts";
import { StepsCard } from "./StepsCard.tsx";
import type { Steps } from "./steps.ts";
import { useSend } from "./useSend.ts";

/** The way out while a signed order waits at a relay: its nonce is given up on the chain. */
export function WaitingOrder({ steps }: { readonly steps: Steps | null }) {
  const step = steps?.step.at === "relayed" ? steps.step : null;
  const cancelling = useSend(`cancel:${steps?.place ?? ""}`);
  if (step === null) return null;
  return (
    <>
      <p className="small quiet">
        {words.relay.cancelNote}{" "}
        <button
          type="button"
          className="btn btn-small"
          disabled={cancelling.busy}
          data-testid="cancel-order"
          onClick={() => void import("./cancelOrder.ts").then(({ cancelOrder }) => cancelling.send(cancelOrder(step)))}
        >
          {words.relay.cancel}
        </button>
      </p>
      <StepsCard steps={cancelling.steps} />
    </>
  );
}
