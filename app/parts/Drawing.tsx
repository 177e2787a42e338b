import type { ReactNode } from "react";

/** Line drawings on a 48 grid with one orange stroke each: the demo's entries, then the categories. */
const drawings: Readonly<Record<string, ReactNode>> = {
  bedtime: (
    <>
      <path d="M29 8.5a16 16 0 1 0 10.6 22.4A13 13 0 0 1 29 8.5Z" />
      <path className="grip" d="m38 9.5 1.1 3.1 3.1 1.1-3.1 1.1L38 18l-1.1-3.2-3.1-1.1 3.1-1.1Z" />
      <path d="M17.5 25.5c1.1 1 2.5 1 3.6 0M24.5 29.5c1.1 1 2.5 1 3.6 0" />
    </>
  ),
  clauses: (
    <>
      <path d="M12 6.5h18.5L37 13v28.5H12Z" />
      <path d="M30.5 6.5V13H37M17.5 17h8M17.5 31h13M17.5 36h9" />
      <path className="grip" d="M17.5 24h14" />
    </>
  ),
  tickermood: (
    <>
      <path d="M6 39.5h36M6 8.5v31" />
      <path className="grip" d="m10.5 31 7-8 6 5 8.5-12.5 6.5 4" />
      <path d="M33 31.5c2.5-2.7 6-2.7 8.5 0M34.5 27.5v.1M40 27.5v.1" />
    </>
  ),
  haiku: (
    <>
      <path d="M8 14.5h14M8 24h20M8 33.5h14" />
      <path className="grip" d="M41 7.5 31 25l-3.5 8.5L34.5 28 44 10.5" />
      <path d="M36.5 38.5h5v5h-5Z" />
    </>
  ),
  sums: (
    <>
      <path d="M8.5 8h31v32h-31ZM8.5 18.5h31M8.5 29.5h31" />
      <path className="grip" d="M15 15v7M19.5 15v7M33 26v7" />
      <path d="M33 15v7M15 26v7M19.5 26v7M24 26v7" />
    </>
  ),
  story: (
    <>
      <path d="M24 13c-4-3-10-3.5-16-3v27c6-.5 12 0 16 3 4-3 10-3.5 16-3V10c-6-.5-12 0-16 3ZM24 13v27" />
      <path className="grip" d="M13 18c2.3 0 4.3.3 6 1M13 24c2.3 0 4.3.3 6 1" />
    </>
  ),
  text: (
    <>
      <path d="M7 10h34v23H23l-9 7v-7H7Z" />
      <path className="grip" d="M14 18h11" />
      <path d="M14 25h19M29 18h5" />
    </>
  ),
  numbers: (
    <>
      <path d="M8.5 8.5h31v31h-31ZM24 8.5v31M8.5 24h31" />
      <path className="grip" d="M13 16.5h7M16.5 13v7" />
      <path d="M28 16.5h7M28.5 28.5l6 6M34.5 28.5l-6 6M13 29.5h7M13 34h7" />
    </>
  ),
  hands: (
    <>
      <path d="M30 8.5a9 9 0 0 0-5.5 12.3L9 36.5l3.5 3.5 15.7-15.5A9 9 0 0 0 40 17.5l-5.5 2.5-5-5Z" />
      <path className="grip" d="m31 33 6.5 6.5M35 29.5l6 6" />
    </>
  ),
  other: (
    <>
      <path d="M39 24a15 15 0 1 1-30 0 15 15 0 0 1 30 0Z" />
      <path className="grip" d="M29 24a5 5 0 1 1-10 0 5 5 0 0 1 10 0Z" />
    </>
  ),
};

const byWord: readonly (readonly [RegExp, string])[] = [
  [/stor|poe|fiction|haiku/i, "story"],
  [/number|math|sum|financ/i, "numbers"],
  [/hand|tool|craft|code/i, "hands"],
  [/text|law|legal|word|chat|lang/i, "text"],
];

/** The drawing of a demo entry by its name, else that of its category. */
export function Drawing({ name, category }: { readonly name: string; readonly category: string }) {
  const key = name in drawings ? name : (byWord.find(([pattern]) => pattern.test(category))?.[1] ?? "other");
  return (
    <svg className="drawing" viewBox="0 0 48 48" aria-hidden="true">
      {drawings[key]}
    </svg>
  );
}
