/** An address on the web, as far as it goes: to a space, a quotation mark or what no address holds. */
const address = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'`<>\\]+/gi;

/**
 * A text with nothing of its addresses but scheme, host and port: a user, a password, a query and a path can each be
 * the key of an RPC provider or of an upstream. Pure.
 */
export function withoutSecrets(text: string): string {
  return text.replace(address, (found) => {
    const end = /[.,;:!?)\]}]*$/.exec(found)?.[0] ?? "";
    return bare(found.slice(0, found.length - end.length)) + end;
  });
}

function bare(url: string): string {
  if (!URL.canParse(url)) return `${url.slice(0, url.indexOf("://"))}://…`;
  const { protocol, host, pathname, search, hash } = new URL(url);
  if (pathname.length > 1 || search !== "" || hash !== "") return `${protocol}//${host}/…`;
  return `${protocol}//${host}${url.endsWith("/") ? "/" : ""}`;
}
