import { formatUnits } from "viem";

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A duration in its largest whole units: "3 days", "1 hour 30 minutes". */
export function durationInWords(seconds: number): string {
  let left = seconds;
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
  }
  return parts.slice(0, 2).join(" ") || "no time";
}

/** A moment in the reader's own time and in UTC. `seconds` since 1970. */
export function timeInWords(seconds: number): string {
  const date = new Date(seconds * 1_000);
  const local = date.toLocaleString("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
  const utc = `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return local.endsWith("UTC") ? utc : `${local} (${utc})`;
}

/** An amount of a coin, all its digits, thousands apart: "1,000.5 DROP". */
export function coinsInWords(
  amount: bigint,
  { decimals, symbol }: { readonly decimals: number; readonly symbol: string },
): string {
  const [whole = "0", part] = formatUnits(amount, decimals).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return `${part === undefined ? grouped : `${grouped}.${part}`} ${symbol}`;
}

/** A size in the largest unit of 1,024 that it reaches. */
export function bytesInWords(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(2)} ${units[unit]}`;
}

/** Label and text of each row, the labels in one column. */
export function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([label]) => label.length));
  return pairs.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`).join("\n");
}
