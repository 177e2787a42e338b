import { words } from "../words/words.ts";
import type { WayProps } from "./BecomePerson.tsx";

/** By Proof of Humanity: the registry knows the wallet, so there is nothing to show but the wallet's own call. */
export function HumanityWay({ contest, busy, send }: WayProps) {
  return (
    <>
      <p className="small quiet">{words.verify.humanity}</p>
      <button
        type="button"
        className="btn"
        disabled={busy}
        data-testid="verify-submit"
        onClick={() =>
          void import("../transactions/bindPerson.ts").then(({ bindPerson }) => send(bindPerson(contest, "0x")))
        }
      >
        {words.verify.submit}
      </button>
    </>
  );
}
