/** Reads that are under way at one time. */
const AT_ONCE = 100;

/** At most `count` of `items`, spread over all of them. */
export function evenly<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return items.filter(
    (_, position) =>
      Math.floor((position * count) / items.length) !== Math.floor(((position - 1) * count) / items.length),
  );
}

/** Works on all items, so many at one time. */
export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += AT_ONCE)
    await Promise.all(items.slice(start, start + AT_ONCE).map(work));
}
