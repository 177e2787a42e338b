import { useRef } from "react";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Act } from "./dropGate.ts";

type AmountProps = {
  readonly act: Act;
  readonly contest: ContestView;
  readonly typed: string;
  readonly onType: (text: string) => void;
  /** Most wei that can be chosen; undefined while it is not known. */
  readonly limit: bigint | undefined;
  readonly error: string | null;
};

/** The amount in large figures, with four picks under it. */
export function AmountField({ act, contest, typed, onType, limit, error }: AmountProps) {
  const input = useRef<HTMLInputElement>(null);
  const { symbol, decimals } = contest.coin;
  const fixed = ["1.00", "3.00"];
  const most = limit === undefined || limit === 0n ? null : formatExact(limit, decimals);
  const label = act === "drop" ? words.drop.add : act === "withdraw" ? words.drop.takeBack : words.drop.move;
  return (
    <>
      <div className="field">
        <label htmlFor="drop-amount">{label}</label>
        <div className="amount">
          <input
            ref={input}
            className="in"
            id="drop-amount"
            data-testid="drop-amount"
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            aria-invalid={error !== null}
            aria-describedby={error === null ? "drop-preview" : "drop-error drop-preview"}
            onChange={(event) => onType(event.target.value)}
          />
          <span aria-hidden="true">{symbol}</span>
        </div>
        {error === null ? null : (
          <p className="field-error" id="drop-error" data-testid="drop-error">
            {error}
          </p>
        )}
      </div>
      <div className="picks" role="group" aria-label={words.drop.picks}>
        {fixed.map((pick) => (
          <button key={pick} type="button" className="btn" aria-pressed={typed === pick} onClick={() => onType(pick)}>
            {pick}
          </button>
        ))}
        <button
          type="button"
          className="btn"
          aria-pressed={most !== null && typed === most}
          disabled={most === null}
          onClick={() => onType(most ?? "")}
        >
          {act === "drop" ? words.drop.maxShort : words.drop.allShort}
        </button>
        <button
          type="button"
          className="btn"
          aria-pressed={!fixed.includes(typed) && typed !== most}
          onClick={() => {
            onType("");
            input.current?.focus();
          }}
        >
          {words.drop.own}
        </button>
      </div>
    </>
  );
}
