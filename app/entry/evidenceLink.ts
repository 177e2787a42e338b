/** Bytes that the contract takes at most. */
const most = 512;

/** What was typed as the address of somebody's reasons, or null where it is none that others could open. */
export function readEvidenceURI(typed: string): string | null {
  const text = typed.trim();
  if (!/^(https?|ipfs):\/\/\S+$/.test(text) || new TextEncoder().encode(text).length > most) return null;
  return URL.canParse(text) ? text : null;
}

/**
 * Where a stranger's address may be opened: only http and https, and only as written. Null for every other, which is
 * shown as text.
 */
export function safeLink(uri: string): string | null {
  if (!/^https?:\/\/\S+$/.test(uri) || !URL.canParse(uri)) return null;
  const { username, password, href } = new URL(uri);
  return username === "" && password === "" ? href : null;
}
