const [start, end] = ["<!-- written by the bench -->", "<!-- written by hand from here on -->"];

/** Puts new lines in the place of those that a bench wrote before; what somebody wrote below them stays. */
export function withGeneratedPart(text: string, lines: readonly string[]): string {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`The page lacks the lines "${start}" and "${end}" around what is written anew.`);
  return `${text.slice(0, from)}${[start, ...lines].join("\n")}\n${text.slice(to)}`;
}
