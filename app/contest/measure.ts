import type { ContestView, EntryView, RankRow } from "#protocol/http.ts";
import { modeOf } from "#protocol/rules.ts";
import { formatAmount } from "../parts/amount.ts";
import { words } from "../words/words.ts";

/** How weights of this contest are written: coins in an open one, roots of coins in a personhood one. */
export function weightDecimals(contest: ContestView): number {
  return modeOf(contest.rules) === "open" ? contest.coin.decimals : Math.floor(contest.coin.decimals / 2);
}

/** A weight or tally in the contest's measure. */
export function formatWeight(contest: ContestView, weight: string | bigint): string {
  return formatAmount(BigInt(weight), weightDecimals(contest));
}

/** An amount of the contest's coin, with its symbol. */
export function formatCoins(contest: ContestView, amount: string | bigint): string {
  return `${formatAmount(BigInt(amount), contest.coin.decimals)} ${contest.coin.symbol}`;
}

/** The averaging window in the protocol's own terms, in seconds since 1970. */
export function windowOf(contest: ContestView): { readonly countFrom: bigint; readonly votesClose: bigint } {
  return { countFrom: BigInt(contest.rules.countFrom), votesClose: BigInt(contest.rules.votesClose) };
}

/** Share of the averaging window that is still to come at `now`, in whole per cent. */
export function windowLeft({ rules }: ContestView, now: number): number {
  const length = rules.votesClose - rules.countFrom;
  const left = rules.votesClose - Math.max(now, rules.countFrom);
  return Math.max(0, Math.min(100, Math.round((left / length) * 100)));
}

/** The averaging window as words: `72 hours`, `3 days`, `2 minutes`. */
export function windowLength({ rules }: ContestView): string {
  const seconds = rules.votesClose - rules.countFrom;
  if (seconds >= 4 * 86_400 && seconds % 86_400 === 0) return words.rules.days(seconds / 86_400);
  if (seconds >= 3_600) return words.rules.hours(Math.round(seconds / 3_600));
  return words.rules.minutes(Math.max(1, Math.round(seconds / 60)));
}

/** The entry's name as its manifest gives it, or its number. */
export function entryName(entry: Pick<EntryView, "entryId" | "manifest">): string {
  return entry.manifest.state === "present" ? entry.manifest.manifest.name : words.common.unknownName(entry.entryId);
}

/** The same for a row of the ranking. */
export function rowName(row: Pick<RankRow, "entryId" | "name">): string {
  return row.name ?? words.common.unknownName(row.entryId);
}

/** The category in words. */
export function categoryOf(entry: Pick<EntryView, "manifest">): string {
  return entry.manifest.state === "present"
    ? words.entries.categories[entry.manifest.manifest.category]
    : words.entries.uncategorised;
}

/** `1.0 M`, `412 M`, `7.2 B`: how many parameters, to three digits at most. */
export function formatParameters(count: number): string {
  const [size, letter] = count >= 1e9 ? [count / 1e9, " B"] : count >= 1e6 ? [count / 1e6, " M"] : [count / 1e3, " k"];
  return `${size >= 100 ? size.toFixed(0) : size >= 10 ? size.toFixed(1) : size.toFixed(2)}${letter}`;
}

/** `1.04 MiB`, `1.6 GiB`. */
export function formatBytes(bytes: number): string {
  const [size, unit] =
    bytes >= 2 ** 30
      ? [bytes / 2 ** 30, "GiB"]
      : bytes >= 2 ** 20
        ? [bytes / 2 ** 20, "MiB"]
        : [bytes / 2 ** 10, "KiB"];
  return `${Number.isInteger(size) ? size : size >= 100 ? size.toFixed(0) : size >= 10 ? size.toFixed(1) : size.toFixed(2)} ${unit}`;
}
