/** Decimal text of an amount in its smallest unit, grouped by thousands, cut (never rounded up) at `digits` decimals. */
export function formatAmount(value: bigint, decimals: number, digits = 2): string {
  const negative = value < 0n;
  const size = negative ? -value : value;
  const unit = 10n ** BigInt(decimals);
  const whole = (size / unit).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const fraction = (size % unit).toString().padStart(decimals, "0").slice(0, digits).padEnd(digits, "0");
  const tooSmall = size > 0n && whole === "0" && /^0*$/.test(fraction);
  if (tooSmall && digits > 0) return `${negative ? "-" : ""}<0.${"0".repeat(digits - 1)}1`;
  return `${negative ? "-" : ""}${whole}${digits > 0 ? `.${fraction}` : ""}`;
}

/** Every digit of an amount, for inputs and labels where nothing may be cut: `1,234.5`. At least two decimals. */
export function formatExact(value: bigint, decimals: number): string {
  const unit = 10n ** BigInt(decimals);
  const fraction = (value % unit).toString().padStart(decimals, "0").replace(/0+$/, "");
  return formatAmount(value, decimals, Math.max(Math.min(2, decimals), fraction.length));
}

const grouped = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/;
const eitherWay = /^[\d,]*,\d{3}(?:,[\d,]*)?$/;

/**
 * Reads what a person typed: `1,234.5`, `1234.5` or `1234,5`. Null when it is no amount or has too many decimals.
 * `2,500` is 2500 to some and 2.5 to others, so it is `ambiguous` wherever the coin has decimals.
 */
export function parseAmount(text: string, decimals: number): bigint | "ambiguous" | null {
  const typed = text.trim();
  const groups = grouped.test(typed) && (typed.includes(".") || decimals === 0);
  if (!groups && eitherWay.test(typed)) return "ambiguous";
  const plain = groups ? typed.replaceAll(",", "") : typed;
  const match = /^(\d*)(?:[.,](\d*))?$/.exec(plain);
  if (match === null) return null;
  const [, whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return null;
  if (fraction.length > decimals) return null;
  return BigInt(whole || "0") * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0") || "0");
}
