import type { Cell } from "./column.ts";

/** Cells as JSON; bytes become {"bytes": hex}. */
export function cellsToJson(cells: readonly Cell[]): string {
  return JSON.stringify(
    cells.map((cell) => (cell instanceof Uint8Array ? { bytes: Buffer.from(cell).toString("hex") } : cell)),
  );
}

/** The cells that `cellsToJson` wrote. */
export function cellsFromJson(text: string): Cell[] {
  const values = JSON.parse(text) as (string | number | null | { readonly bytes: string })[];
  return values.map((value) => (value !== null && typeof value === "object" ? Buffer.from(value.bytes, "hex") : value));
}
