import { mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RetryableError } from "#protocol/errors.ts";
import { checkDiskSpace } from "./diskSpace.ts";
import type { PieceMap } from "./pieceMap.ts";
import { bytesOfPiece, createPieceHasher } from "./pieceTree.ts";

/** A file that is being fetched: `<path>.part`, and `<path>.pieces` with the numbers of those that were verified. */
export type PartFile = {
  readonly path: string;
  /** Pieces that were there before, hashed again now. */
  readonly verified: readonly number[];
  readonly write: (position: number, chunk: Uint8Array) => Promise<void>;
  /** Notes that a piece is written and right. */
  readonly keep: (piece: number) => void;
  /** Brings all bytes to the disk. */
  readonly sync: () => Promise<void>;
  readonly close: () => Promise<void>;
  /** Removes both files; for a file that turned out wrong as a whole. */
  readonly discard: () => Promise<void>;
  /** Removes the note of pieces, when the file has its final name. */
  readonly forget: () => Promise<void>;
};

const readBytes = 1_048_576;

/**
 * Opens a part file, and holds it until this process ends, however it ends.
 *
 * The note of pieces only says where to look: each of them is read and hashed again, so that neither a power cut nor a
 * hand in the file makes a wrong byte count as right. Throws `DiskFullError`, or `RetryableError` while another process
 * fetches the same file.
 */
export async function openPartFile(
  finalPath: string,
  map: PieceMap,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<PartFile> {
  const folder = dirname(finalPath);
  const path = `${finalPath}.part`;
  const notePath = `${finalPath}.pieces`;
  await mkdir(folder, { recursive: true });
  const note = await openNote(notePath, name);
  const file = await open(path, "r+")
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return open(path, "wx+");
      throw error;
    })
    .catch((error: unknown) => {
      note.close();
      throw error;
    });
  const close = async (): Promise<void> => {
    await file.close();
    note.close();
  };

  try {
    const { size, blocks } = await file.stat();
    if (size > map.size) await file.truncate(map.size);
    await checkDiskSpace(folder, { needed: Math.max(0, map.size - blocks * 512), name });
    const verified: number[] = [];
    const hasher = createPieceHasher(map);
    const buffer = Buffer.allocUnsafe(readBytes);
    for (const piece of note.pieces()) {
      signal.throwIfAborted();
      if (piece < map.count && (await holds(piece))) verified.push(piece);
      else note.remove(piece);
    }
    return {
      path,
      verified,
      async write(position, chunk) {
        for (let written = 0; written < chunk.length; ) {
          const { bytesWritten } = await file.write(chunk, written, chunk.length - written, position + written);
          written += bytesWritten;
        }
      },
      keep: note.add,
      sync: () => file.sync(),
      close,
      async discard() {
        await rm(path, { force: true });
        await rm(notePath, { force: true });
      },
      forget: () => rm(notePath, { force: true }),
    };

    async function holds(piece: number): Promise<boolean> {
      const from = piece * map.pieceLength;
      const end = from + bytesOfPiece(map, piece);
      for (let at = from; at < end; ) {
        const { bytesRead } = await file.read(buffer, 0, Math.min(readBytes, end - at), at);
        if (bytesRead === 0) break;
        hasher.update(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
      return map.layer[piece]?.equals(hasher.digest()) === true;
    }
  } catch (error) {
    await close();
    throw error;
  }
}

type Note = {
  readonly pieces: () => number[];
  readonly add: (piece: number) => void;
  readonly remove: (piece: number) => void;
  readonly close: () => void;
};

/** SQLite's codes for a file that another process holds, and for one that is broken. Source: https://sqlite.org/rescode.html */
const [taken, broken] = [new Set([5, 6]), new Set([11, 26])];

/** SQLite keeps the note whole when the process is killed, and its lock ends with the process. */
async function openNote(path: string, name: string, again = true): Promise<Note> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    // Not synchronous: what a power cut takes from the note is fetched again, and what it leaves is hashed again.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF;");
    database.exec("BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS piece (number INTEGER PRIMARY KEY) STRICT; COMMIT;");
    const add = database.prepare("INSERT OR IGNORE INTO piece VALUES (?)");
    const remove = database.prepare("DELETE FROM piece WHERE number = ?");
    const all = database.prepare("SELECT number FROM piece ORDER BY number");
    const opened = database;
    return {
      pieces: () => all.all().map((row) => Number(row["number"])),
      add: (piece) => void add.run(piece),
      remove: (piece) => void remove.run(piece),
      close: () => opened.close(),
    };
  } catch (error) {
    database?.close();
    const code = (error as { errcode?: number }).errcode ?? 0;
    if (taken.has(code)) throw new RetryableError(`Another process is fetching ${name} now.`, { cause: error });
    if (!broken.has(code) || !again) throw error;
    await rm(path, { force: true });
    return await openNote(path, name, false);
  }
}
