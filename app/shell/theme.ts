export type Theme = "light" | "dark" | "system";

const key = "coindrop.theme";
const order: readonly Theme[] = ["system", "light", "dark"];

/** The theme the visitor chose, or the system's. */
export function readTheme(): Theme {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** The one after it in the switch. */
export function nextTheme(theme: Theme): Theme {
  return order[(order.indexOf(theme) + 1) % order.length] ?? "system";
}

/** Whether the page is dark right now. */
export function isDark(): boolean {
  const theme = readTheme();
  return theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
}

const listeners = new Set<() => void>();

/** Sets and keeps a theme. */
export function setTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    if (theme === "system") localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // Storage is blocked: the theme lives as long as the page.
  }
  for (const listener of listeners) listener();
}

/** Calls `listener` when the page turns light or dark, by the switch or by the system. */
export function onThemeChange(listener: () => void): () => void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  listeners.add(listener);
  query.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    query.removeEventListener("change", listener);
  };
}
