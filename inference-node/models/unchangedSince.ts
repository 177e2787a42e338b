import { stat } from "node:fs/promises";
import { RetryableError } from "#protocol/errors.ts";

/** Whether a file is still the one that was looked at. */
export type Untouched = (() => Promise<boolean>) & { readonly stamp: Stamp };

/** What a file is known by without reading it. */
type Stamp = { readonly size: bigint; readonly ino: bigint; readonly mtimeNs: bigint; readonly ctimeNs: bigint };

/**
 * Remembers a file as it is now. Returns a question: is it still that file, untouched?
 *
 * Asked of size, inode and both times, which is cheap; a "no" means to hash it again, not that it differs.
 */
export async function unchangedSince(path: string): Promise<Untouched> {
  const before = await stampOf(path);
  const ask = async (): Promise<boolean> => {
    const now = await stampOf(path).catch(() => null);
    return now !== null && sameContent(now, before) && now.ctimeNs === before.ctimeNs;
  };
  return Object.assign(ask, { stamp: before });
}

/**
 * The same question about a file that was just given another name, which changes one of its times and nothing else.
 *
 * Throws `RetryableError` when anything else changed too.
 */
export async function renamedSince(path: string, { stamp }: Untouched): Promise<Untouched> {
  const now = await unchangedSince(path);
  if (!sameContent(now.stamp, stamp)) throw new RetryableError(`${path} was changed while it got its name.`);
  return now;
}

function sameContent(one: Stamp, other: Stamp): boolean {
  return one.size === other.size && one.ino === other.ino && one.mtimeNs === other.mtimeNs;
}

async function stampOf(path: string): Promise<Stamp> {
  const { size, ino, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return { size, ino, mtimeNs, ctimeNs };
}
