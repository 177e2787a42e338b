import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BaseError, RetryableError, shortMessageOf } from "#protocol/errors.ts";
import { explainWrite } from "./diskSpace.ts";
import type { Drawing, PullLimits } from "./drawPieces.ts";
import { drawPieces } from "./drawPieces.ts";
import type { Mirror } from "./mirror.ts";
import type { PartFile } from "./partFile.ts";
import { openPartFile } from "./partFile.ts";
import { createPieceBoard } from "./pieceBoard.ts";
import type { PieceMap } from "./pieceMap.ts";
import { bytesOfPiece } from "./pieceTree.ts";
import { renamedSince } from "./unchangedSince.ts";
import type { VerifiedFile } from "./verifiedFile.ts";
import type { ModelIdentity } from "./verifyModelFile.ts";
import { ModelMismatchError, verifyModelFile } from "./verifyModelFile.ts";

/** A mirror that is asked no more, and why. */
export type Dropped = { readonly mirror: string; readonly reason: string };

export type PullOptions = {
  /** As people are told of the file. */
  readonly name: string;
  readonly map: PieceMap;
  readonly identity: ModelIdentity;
  readonly mirrors: readonly Mirror[];
  readonly signal: AbortSignal;
  readonly limits?: Partial<PullLimits>;
  /** Bytes that are verified, of the whole. */
  readonly onProgress?: (bytes: number) => void;
  readonly onDropped?: (dropped: Dropped) => void;
};

/** No mirror had what is missing; what was had is kept. */
export class PullError extends BaseError {
  override readonly name = "PullError";
}

/** A mirror that others had to do the work of. */
class SlowMirrorError extends BaseError {
  override readonly name = "SlowMirrorError";
}

export const pullLimits: PullLimits = {
  stallMs: 30_000,
  pieceMs: 60_000,
  leastRate: 16,
  retries: 4,
  retryMs: 1_000,
  overtakeMs: 10_000,
};

/** Milliseconds between two looks of a mirror that has nothing to do. */
const idleMs = 250;

/**
 * Fetches a file from several mirrors at once, each piece checked as it comes.
 *
 * The file gets its name when it is whole and its SHA-256 and pieces root are right; until then it is `<path>.part`, and
 * a pull that is killed goes on with its verified pieces. A mirror is dropped at its first wrong piece, or when it fails
 * again and again. Memory: one chunk and one piece's tree for each mirror. Throws `PullError` when mirrors run out,
 * `DiskFullError`, `ModelMismatchError` when all pieces are right and the whole is not.
 */
export async function pullFile(path: string, options: PullOptions): Promise<VerifiedFile> {
  const { map, signal, name } = options;
  const part = await openPartFile(path, map, { name, signal });
  try {
    await fillPart(part, options);
    await part.sync().catch((error: unknown) => {
      throw explainWrite(error, { name, folder: dirname(path), kept: map.size });
    });
    const untouched = await verifyWhole(part, options);
    await rename(part.path, path);
    await syncFolder(dirname(path));
    await part.forget();
    return { path, untouched: await renamedSince(path, untouched) };
  } finally {
    await part.close();
  }
}

async function fillPart(part: PartFile, options: PullOptions): Promise<void> {
  const { map, mirrors, signal, name } = options;
  const limits = { ...pullLimits, ...options.limits };
  const board = createPieceBoard<Drawing>(map.count, part.verified);
  let kept = part.verified.reduce((sum, piece) => sum + bytesOfPiece(map, piece), 0);
  const dropped: Dropped[] = [];
  const over = new AbortController();
  let failure: unknown;
  const drawings = new Set(
    mirrors.map((mirror): Drawing => ({ mirror, stop: new AbortController(), since: null, pieces: 0, spent: 0 })),
  );
  options.onProgress?.(kept);

  const write = async (position: number, chunk: Uint8Array): Promise<void> => {
    try {
      await part.write(position, chunk);
    } catch (error) {
      failure ??= explainWrite(error, { name, folder: dirname(part.path), kept });
      over.abort(failure);
      throw failure;
    }
  };
  const onPiece = (piece: number): void => {
    part.keep(piece);
    kept += bytesOfPiece(map, piece);
    options.onProgress?.(kept);
  };
  const draw = { board, map, limits, signal: AbortSignal.any([signal, over.signal]), write, onPiece };

  const work = async (drawing: Drawing): Promise<void> => {
    while (board.left() > 0 && !draw.signal.aborted) {
      if (board.claim(drawing) === null) {
        overtake(drawing);
        await sleep(idleMs, undefined, { signal: draw.signal }).catch(() => undefined);
      } else await drawPieces(drawing, draw);
      board.release(drawing);
    }
  };
  /** A mirror that has proved itself takes the piece of one that is much slower. */
  const overtake = (idle: Drawing): void => {
    if (idle.pieces === 0) return;
    const patience = limits.overtakeMs + (4 * idle.spent) / idle.pieces;
    for (const other of drawings) {
      if (other.since === null || performance.now() - other.since < patience || !board.holds(other)) continue;
      other.stop.abort(new SlowMirrorError(`${other.mirror.name} is much slower than ${idle.mirror.name}.`));
    }
  };

  await Promise.all(
    [...drawings].map(async (drawing) => {
      try {
        await work(drawing);
      } catch (error) {
        if (draw.signal.aborted) return;
        const drop = { mirror: drawing.mirror.name, reason: shortMessageOf(error) };
        dropped.push(drop);
        options.onDropped?.(drop);
      } finally {
        board.release(drawing);
        drawings.delete(drawing);
        if (board.left() === 0) over.abort(new Error("all is there"));
      }
    }),
  );
  signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  if (board.left() > 0) {
    throw new PullError(`${name} could not be had.`, {
      metaMessages: [
        ...dropped.map(({ reason }) => reason),
        ...(mirrors.length === 0 ? ["there is no mirror to fetch it from"] : []),
        `verified and kept: ${kept} of ${map.size} bytes; starting again goes on from there`,
      ],
    });
  }
}

async function verifyWhole(part: PartFile, { identity, signal, name }: PullOptions) {
  try {
    return await verifyModelFile(part.path, identity, signal);
  } catch (error) {
    if (!(error instanceof ModelMismatchError)) throw error;
    // All pieces were right when they came: a wrong root means that the disk gives back other bytes than were written.
    if (error.found.modelRoot !== identity.modelRoot)
      throw new RetryableError(`${name} changed on the disk while it was fetched.`, { cause: error });
    await part.discard();
    throw error;
  }
}

/** Brings a folder's names to the disk; where folders cannot be opened (Windows) they need not be. */
async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, "r").catch(() => null);
  await opened?.sync().catch(() => undefined);
  await opened?.close();
}
