import { words } from "../words/words.ts";

type GaslessProps = {
  readonly relay: string;
  readonly chosen: boolean;
  readonly onChoose: (chosen: boolean) => void;
};

/** Whether to sign only and have the relay pay, with what that means. */
export function GaslessChoice({ relay, chosen, onChoose }: GaslessProps) {
  return (
    <div className="gasless">
      <label className="check">
        <input
          type="checkbox"
          checked={chosen}
          onChange={(event) => onChoose(event.target.checked)}
          data-testid="gasless"
        />
        {words.relay.choose}
      </label>
      {chosen ? <p className="small quiet">{words.relay.promise(new URL(relay).host)}</p> : null}
    </div>
  );
}
