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

/** An author's words. No HTML, no pictures: nothing in them can load or run. Links open elsewhere and vouch for nothing. */
export function Pitch({ text }: { readonly text: string }) {
  return (
    <div className="pitch">
      <Markdown
        skipHtml
        allowedElements={allowed}
        unwrapDisallowed
        components={{
          a: ({ href, children }) => (
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
