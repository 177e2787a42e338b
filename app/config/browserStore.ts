import type { AppConfig } from "#protocol/config.ts";

const prefix = "coindrop.";
const sessionKey = "coindrop.session";
/** What outlives a demo session: it says nothing about any chain. */
const lasting: readonly string[] = ["coindrop.theme", sessionKey];

let session = "";

/** Throws away what an earlier chain left behind: a demo's session is new at each start, and its addresses repeat. */
export function openBrowserStore(config: AppConfig): void {
  session = config.demo?.session ?? `${config.chainId}.${config.factory}`;
  try {
    if (localStorage.getItem(sessionKey) === session) return;
    for (const key of Object.keys(localStorage)) {
      const ours = key.startsWith(prefix) || key.startsWith("wagmi.") || key.startsWith("rk-");
      if (ours && !lasting.includes(key)) localStorage.removeItem(key);
    }
    localStorage.setItem(sessionKey, session);
  } catch {
    // Storage is blocked: everything then lives as long as the page.
  }
}

/** Reads a value of this session; null where there is none or storage is blocked. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(`${prefix}${session}.${key}`);
  } catch {
    return null;
  }
}

/** Keeps a value for this session, where storage is allowed. */
export function writeStored(key: string, value: string): void {
  try {
    localStorage.setItem(`${prefix}${session}.${key}`, value);
  } catch {
    // Storage is blocked or full: the value lives as long as the page.
  }
}

/** Forgets a value of this session. */
export function removeStored(key: string): void {
  try {
    localStorage.removeItem(`${prefix}${session}.${key}`);
  } catch {
    // Nothing was kept.
  }
}
