import pRetry from "p-retry";
import { BaseError, RetryableError } from "#protocol/errors.ts";
import type { Mirror } from "./mirror.ts";
import type { createPieceBoard } from "./pieceBoard.ts";
import type { PieceMap } from "./pieceMap.ts";
import { bytesOfPiece, createPieceHasher } from "./pieceTree.ts";

/** A mirror that sent other bytes than the piece's. */
export class BadPieceError extends BaseError {
  override readonly name = "BadPieceError";
}

export type PullLimits = {
  /** Milliseconds without a byte after which a mirror is given up. */
  readonly stallMs: number;
  /** Milliseconds that a piece may take, on top of what `leastRate` allows for its bytes. */
  readonly pieceMs: number;
  /** Bytes per millisecond. */
  readonly leastRate: number;
  /** Times that a mirror may fail, one after the other and without a piece in between, before it is dropped. */
  readonly retries: number;
  /** Milliseconds before the first of these. */
  readonly retryMs: number;
  /** Milliseconds, on top of four times what a faster mirror needs, after which it takes over a slow one's piece. */
  readonly overtakeMs: number;
};

/** One mirror's part in a pull. */
export type Drawing = {
  readonly mirror: Mirror;
  /** Ends what the mirror is doing; the reason says why. */
  stop: AbortController;
  /** When it began the piece that it is at, milliseconds; null where it is at none. */
  since: number | null;
  pieces: number;
  /** Milliseconds that these took. */
  spent: number;
};

export type DrawOptions = {
  readonly board: ReturnType<typeof createPieceBoard<Drawing>>;
  readonly map: PieceMap;
  readonly limits: PullLimits;
  readonly signal: AbortSignal;
  readonly write: (position: number, chunk: Uint8Array) => Promise<void>;
  readonly onPiece: (piece: number) => void;
};

/** Fetches from one mirror what the board gives it, and tries again what may succeed later. */
export async function drawPieces(drawing: Drawing, options: DrawOptions): Promise<void> {
  let before = drawing.pieces;
  await pRetry(() => draw(drawing, options), {
    retries: options.limits.retries,
    minTimeout: options.limits.retryMs,
    signal: options.signal,
    shouldRetry: ({ error }) => error instanceof RetryableError,
    shouldConsumeRetry: () => {
      const moved = drawing.pieces > before;
      before = drawing.pieces;
      return !moved;
    },
  });
}

async function draw(drawing: Drawing, options: DrawOptions): Promise<void> {
  const { board, map, limits } = options;
  const first = board.nextOf(drawing);
  if (first === null) return;
  drawing.stop = new AbortController();
  const { stop } = drawing;
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let clock: NodeJS.Timeout | undefined;
  const begin = (): void => {
    clearTimeout(clock);
    drawing.since = performance.now();
    const ms = limits.pieceMs + map.pieceLength / limits.leastRate;
    clock = setTimeout(() => {
      stop.abort(
        new RetryableError(`${drawing.mirror.name} takes longer than ${Math.round(ms / 1000)} s for a piece.`),
      );
    }, ms);
  };

  try {
    begin();
    await take(drawing, first, { ...options, signal }, begin);
  } catch (error) {
    throw stop.signal.aborted && !options.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearTimeout(clock);
    drawing.since = null;
    board.putDown(drawing);
  }
}

async function take(drawing: Drawing, first: number, options: DrawOptions, begin: () => void): Promise<void> {
  const { board, map, signal } = options;
  const end = board.endOf(drawing);
  const from = first * map.pieceLength;
  const until = (end - 1) * map.pieceLength + bytesOfPiece(map, end - 1);
  // Before the answer is there: two mirrors could take the last piece from each other for ever.
  let taken = board.take(drawing, first);
  const { start, ranged, chunks } = await drawing.mirror.read(from, until, signal);
  const hasher = createPieceHasher(map);
  let piece = start / map.pieceLength;
  let filled = 0;
  if (piece !== first) {
    board.putDown(drawing);
    taken = board.take(drawing, piece);
  }

  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      signal.throwIfAborted();
      const part = chunk.subarray(at, at + bytesOfPiece(map, piece) - filled);
      if (taken) {
        hasher.update(part);
        await options.write(piece * map.pieceLength + filled, part);
      }
      at += part.length;
      filled += part.length;
      if (filled < bytesOfPiece(map, piece)) continue;
      if (taken) {
        if (map.layer[piece]?.equals(hasher.digest()) !== true)
          throw new BadPieceError(`${drawing.mirror.name} sends wrong bytes: piece ${piece} of ${map.count}.`);
        drawing.pieces += 1;
        drawing.spent += performance.now() - (drawing.since ?? 0);
        options.onPiece(piece);
        board.finish(drawing, piece);
      }
      piece += 1;
      filled = 0;
      if (!board.wants(drawing, piece, ranged ? board.endOf(drawing) : map.count)) return;
      taken = board.take(drawing, piece);
      begin();
    }
  }
}
