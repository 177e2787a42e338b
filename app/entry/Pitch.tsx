import Markdown from "react-markdown";

const allowed = [
  "p",
  "strong",
  "em",
  "ul",
  "ol",
  "li",
  "a",
  "h1",
  "h2",
  "h3",
  "h4",
  "blockquote",
  "code",
  "pre",
  "hr",
  "br",
];

/**
 * An author's words. No HTML, no pictures: nothing in them can load or run. Links are https, open elsewhere and vouch for
 * nothing; one that names no host would lead into this site under an author's text, so it stays plain text.
 */
export function Pitch({ text }: { readonly text: string }) {
  return (
    <div className="pitch">
      <Markdown
        skipHtml
        allowedElements={allowed}
        unwrapDisallowed
        urlTransform={(url) => (/^https:\/\/[^/\\]/i.test(url) && URL.canParse(url) ? url : undefined)}
        components={{
          a: ({ href, children }) =>
            href === undefined ? (
              children
            ) : (
              <a href={href} target="_blank" rel="nofollow ugc noopener noreferrer">
                {children}
              </a>
            ),
          h1: ({ children }) => <h2>{children}</h2>,
        }}
      >
        {text}
      </Markdown>
    </div>
  );
}
