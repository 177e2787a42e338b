/** A stretch of pieces that one mirror works through: from `next` up to, not including, `end`. */
export type Run = { readonly next: number; readonly end: number };

type Held = { next: number; end: number };

/**
 * Who fetches which piece. Each piece is at one mirror at a time, so that no two write to the same place.
 *
 * A mirror claims the longest stretch that is free; where none is, half of what another has still before it.
 */
export function createPieceBoard<Mirror>(count: number, verified: Iterable<number>) {
  const done = new Uint8Array(count);
  const busy = new Map<number, Mirror>();
  const runs = new Map<Mirror, Held>();
  let left = count;
  const mark = (piece: number): void => {
    if (done[piece] === 0) left -= 1;
    done[piece] = 1;
  };
  for (const piece of verified) mark(piece);

  const ownerOf = (piece: number): Mirror | undefined => {
    for (const [owner, run] of runs) if (piece >= run.next && piece < run.end) return owner;
    return undefined;
  };

  const longestFree = (): Held | null => {
    const taken = new Uint8Array(done);
    for (const piece of busy.keys()) taken[piece] = 1;
    for (const { next, end } of runs.values()) taken.fill(1, next, end);
    let best: Held | null = null;
    for (let from = 0; from < count; from++) {
      if (taken[from] === 1) continue;
      let end = from;
      while (end < count && taken[end] === 0) end += 1;
      if (best === null || end - from > best.end - best.next) best = { next: from, end };
      from = end;
    }
    return best;
  };

  const mayTake = (owner: Mirror, piece: number): boolean => {
    if (piece >= count || done[piece] === 1 || busy.has(piece)) return false;
    const held = ownerOf(piece);
    return held === undefined || held === owner;
  };

  /** What is before a mirror, less the piece that it is at. */
  const untouched = ({ next, end }: Held): number => end - next - (busy.has(next) ? 1 : 0);

  const half = (): Held | null => {
    let richest: Held | null = null;
    for (const run of runs.values()) {
      if (untouched(run) > (richest === null ? 0 : untouched(richest))) richest = run;
    }
    if (richest === null) return null;
    const { end } = richest;
    richest.end = end - Math.ceil(untouched(richest) / 2);
    return { next: richest.end, end };
  };

  return {
    /** Gives a mirror something to do; null where there is nothing, now. */
    claim(owner: Mirror): Run | null {
      const run = longestFree() ?? half();
      if (run !== null) runs.set(owner, run);
      return run;
    },
    /** Whether a mirror may fetch this piece now; it then has it until `finish` or `release`. */
    take(owner: Mirror, piece: number): boolean {
      if (!mayTake(owner, piece)) return false;
      busy.set(piece, owner);
      return true;
    },
    /** Whether there is anything for a mirror from this piece on, up to, not including, `end`. */
    wants(owner: Mirror, from: number, end: number): boolean {
      for (let piece = from; piece < end; piece++) if (mayTake(owner, piece)) return true;
      return false;
    },
    finish(owner: Mirror, piece: number): void {
      busy.delete(piece);
      mark(piece);
      const run = runs.get(owner);
      if (run !== undefined) while (run.next < run.end && done[run.next] === 1) run.next += 1;
    },
    /** Gives back all that a mirror has not finished. */
    release(owner: Mirror): void {
      runs.delete(owner);
      for (const [piece, holder] of busy) if (holder === owner) busy.delete(piece);
    },
    /** Lets go of the piece that a mirror is at, and of nothing else. */
    putDown(owner: Mirror): void {
      for (const [piece, holder] of busy) if (holder === owner) busy.delete(piece);
    },
    /** Where a mirror's stretch begins now; null where nothing is left of it. */
    nextOf(owner: Mirror): number | null {
      const run = runs.get(owner);
      return run === undefined || run.next >= run.end ? null : run.next;
    },
    holds: (owner: Mirror): boolean => [...busy.values()].includes(owner),
    /** Where a mirror's stretch ends now; another may have taken half of it. */
    endOf: (owner: Mirror): number => runs.get(owner)?.end ?? 0,
    left: (): number => left,
  };
}
