import { useSyncExternalStore } from "react";
import { Icon } from "../parts/Icon.tsx";
import { words } from "../words/words.ts";
import { announce } from "./announce.ts";
import { nextTheme, onThemeChange, readTheme, setTheme } from "./theme.ts";

const icons = { light: "sun", dark: "moon", system: "screen" } as const;

/** Goes round system, light and dark. */
export function ThemeSwitch() {
  const theme = useSyncExternalStore(onThemeChange, readTheme, () => "system" as const);
  return (
    <button
      type="button"
      className="btn btn-bare btn-icon"
      aria-label={words.theme.label(theme)}
      title={words.theme.label(theme)}
      onClick={() => {
        const next = nextTheme(theme);
        setTheme(next);
        announce(words.theme.now(next));
      }}
    >
      <Icon name={icons[theme]} />
    </button>
  );
}
