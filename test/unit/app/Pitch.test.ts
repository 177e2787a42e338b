import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Pitch } from "../../../app/entry/Pitch.tsx";

const drawn = (text: string) => renderToStaticMarkup(createElement(Pitch, { text }));

test("an author's https link opens elsewhere and vouches for nothing", () => {
  expect(drawn("[paper](https://example.org/a)")).toContain(
    '<a href="https://example.org/a" target="_blank" rel="nofollow ugc noopener noreferrer">paper</a>',
  );
});

test("a link that leads into this site or is not https stays text", () => {
  const targets = [
    "/coins",
    "coins",
    "#drop",
    "?act=drop",
    "//example.org",
    "https:coins",
    "https:/coins",
    "https:///coins",
    "http://example.org",
    "javascript:alert(1)",
    "mailto:a@example.org",
  ];
  for (const target of targets)
    expect(drawn(`[press](${target})`), target).toBe('<div class="pitch"><p>press</p></div>');
});
