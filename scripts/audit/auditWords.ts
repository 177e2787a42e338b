import { stripVTControlCharacters } from "node:util";
import { formatUnits } from "ethers";

/** Columns as wide as their widest cell; figures to the right, the columns in `left` to the left. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly number[] = [],
): string[] {
  const width = (cell: string) => stripVTControlCharacters(cell).length;
  const widths = heads.map((head, column) => Math.max(width(head), ...rows.map((row) => width(row[column] ?? ""))));
  const pad = (cell: string, column: number) => {
    const space = " ".repeat((widths[column] ?? 0) - width(cell));
    return left.includes(column) ? cell + space : space + cell;
  };
  return [heads, ...rows].map((row) => row.map(pad).join("   ").trimEnd());
}

/** A whole number of smallest units with at most `digits` decimals, the rest cut off. */
export function decimal(value: bigint, decimals: number, digits = 3): string {
  const [whole = "0", part = ""] = formatUnits(value, decimals).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  const kept = part.slice(0, digits).replace(/0+$/, "");
  return kept === "" ? grouped : `${grouped}.${kept}`;
}

export function when(seconds: bigint): string {
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function hours(seconds: number): string {
  if (seconds % 86_400 === 0) return plural(seconds / 86_400, "day");
  if (seconds % 3_600 === 0) return plural(seconds / 3_600, "hour");
  if (seconds % 60 === 0) return plural(seconds / 60, "minute");
  return plural(seconds, "second");
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** A text of a stranger without what could steer a terminal, and short. */
export function printable(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, "?");
  return plain.length > 100 ? `${plain.slice(0, 99)}…` : plain;
}
