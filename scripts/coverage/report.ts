/** Coverage in words and figures. */

import type { Place } from "./instrument.ts";
import type { Coverage } from "./measure.ts";

type Share = { readonly reached: number; readonly all: number };
type Shares = { readonly statements: Share; readonly lines: Share; readonly branches: Share };

/** Percent of the whole that must be reached. */
const GATE = { statements: 99, lines: 99, branches: 95 } as const;

/** A row for each file that holds code, and one for all. */
export function coverageTable({ places, hits }: Coverage): string {
  const files = [...new Set(places.map(({ file }) => file))];
  const rows = [
    ...files.map((file) => ({
      file,
      shares: sharesOf(
        places.filter((place) => place.file === file),
        hits,
      ),
    })),
    { file: "all", shares: sharesOf(places, hits) },
  ];
  const width = Math.max(...rows.map(({ file }) => file.length));
  return [
    `${"".padEnd(width)}${["statements", "lines", "branches"].map((word) => word.padStart(20)).join("")}`,
    ...rows.map(({ file, shares: { statements, lines, branches } }) => {
      const cells = [statements, lines, branches].map((share) => inFigures(share).padStart(20));
      return `${file.padEnd(width)}${cells.join("")}`;
    }),
  ].join("\n");
}

/** `file:line` and what is there, in the order of the files. */
export function missingPlaces({ places, hits }: Coverage): readonly string[] {
  return places
    .filter(({ tag }) => !hits.has(tag))
    .toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
    .map(({ file, line, text }) => `${file}:${line}  ${text}`);
}

/** What lies below the gate, in words; nothing when it holds. Nothing to measure is below it, too. */
export function shortfalls({ places, hits }: Coverage): readonly string[] {
  const shares = sharesOf(places, hits);
  return (["statements", "lines", "branches"] as const)
    .filter((name) => !(100 * shares[name].reached >= GATE[name] * shares[name].all && shares[name].all > 0))
    .map((name) => `${name}: ${inFigures(shares[name])}, the gate is ${GATE[name]} %`);
}

/** A line is reached when all statements that begin on it are. */
function sharesOf(places: readonly Place[], hits: ReadonlySet<string>): Shares {
  const statements = places.filter(({ kind }) => kind === "statement");
  const branches = places.filter(({ kind }) => kind === "branch");
  const lineOf = ({ file, line }: Place) => `${file}:${line}`;
  const lines = new Set(statements.map(lineOf));
  const missed = new Set(statements.filter(({ tag }) => !hits.has(tag)).map(lineOf));
  const share = (some: readonly Place[]) => ({
    reached: some.filter(({ tag }) => hits.has(tag)).length,
    all: some.length,
  });
  return {
    statements: share(statements),
    lines: { reached: lines.size - missed.size, all: lines.size },
    branches: share(branches),
  };
}

/** Rounded down: 100 % is said of all only. */
function inFigures({ reached, all }: Share): string {
  if (all === 0) return "none";
  return `${reached}/${all} ${(Math.floor((1000 * reached) / all) / 10).toFixed(1)} %`;
}
