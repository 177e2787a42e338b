import { announce } from "../shell/announce.ts";
import { words } from "../words/words.ts";
import { copyText } from "./copyText.ts";
import { Icon } from "./Icon.tsx";

/** Copies `value`; `label` says what it is. */
export function CopyButton({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <button
      type="button"
      className="btn btn-small"
      aria-label={words.common.copyThing(label)}
      onClick={async () => {
        announce((await copyText(value)) ? words.common.copied(label) : words.common.copyFailed);
      }}
    >
      <Icon name="copy" />
    </button>
  );
}
