import { stat } from "node:fs/promises";

/** Whether a file is still the one that was looked at. */
export type Untouched = () => Promise<boolean>;

/**
 * Remembers a file as it is now. Returns a question: is it still that file, untouched?
 *
 * Asked of size, inode and both times, which is cheap; a "no" means to hash it again, not that it differs.
 */
export async function unchangedSince(path: string): Promise<Untouched> {
  const before = await stamp(path);
  return async () => (await stamp(path).catch(() => null)) === before;
}

async function stamp(path: string): Promise<string> {
  const { size, ino, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [size, ino, mtimeNs, ctimeNs].join(" ");
}
