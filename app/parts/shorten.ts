/** Cuts the middle of a hash or address: `0x71c4…d08e`. `keep` characters stay on each side, the 0x not counted. */
export function shorten(hex: string, keep = 4): string {
  const head = hex.startsWith("0x") ? keep + 2 : keep;
  return hex.length <= head + keep + 1 ? hex : `${hex.slice(0, head)}…${hex.slice(-keep)}`;
}
