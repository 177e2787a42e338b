import { safeLink } from "./evidenceLink.ts";

/** An address that a stranger gave, in full: a link where it is safe to be one, else text. */
export function EvidenceURI({ uri }: { readonly uri: string }) {
  const href = safeLink(uri);
  if (href === null) return <span className="mono evidence-uri">{uri}</span>;
  return (
    <a className="mono evidence-uri" href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
      {uri}
    </a>
  );
}
