import { statfs } from "node:fs/promises";
import { BaseError } from "#protocol/errors.ts";

/** There is, or there was suddenly, no room left for a file. */
export class DiskFullError extends BaseError {
  override readonly name = "DiskFullError";
}

/** Bytes that are left alone: other programs need some too. */
const reserve = 16_777_216;
/** No space, no quota, no larger file allowed. */
const fullCodes = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Throws `DiskFullError` with figures unless `needed` more bytes fit into a folder's disk. */
export async function checkDiskSpace(
  folder: string,
  { needed, name }: { needed: number; name: string },
): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed + reserve) return;
  throw new DiskFullError(`There is no room for ${name}.`, {
    metaMessages: [
      `free in ${folder}: ${free} bytes`,
      `still needed: ${needed} bytes, and ${reserve} to spare`,
      "Make room, or name a folder on another disk with --store.",
    ],
  });
}

/** Says in words that a write found the disk full; passes on any other error. `kept`: bytes that are verified. */
export function explainWrite(error: unknown, { name, folder, kept }: { name: string; folder: string; kept: number }) {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || !fullCodes.has(code)) return error;
  return new DiskFullError(`The disk became full while ${name} was fetched (${code}).`, {
    metaMessages: [
      `folder: ${folder}`,
      `kept, because verified: ${kept} bytes`,
      "Make room and start again: it goes on from there.",
    ],
    cause: error,
  });
}
