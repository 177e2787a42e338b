import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** Milliseconds between two signs of life, and without one after which a start counts as dead (its pid may be another's). */
const BEAT = 5_000;
const DEAD_AFTER = 60_000;

const noteSchema = z.object({ pid: z.int().positive(), appUrl: z.string().nullable() });
type Note = z.infer<typeof noteSchema>;

export type OnlyOne =
  | { readonly isFirst: true; readonly tellAddress: (appUrl: string) => void; readonly release: () => void }
  | { readonly isFirst: false; readonly other: Note };

/** Makes sure that one start runs in a folder. `file`: where the running one leaves its note. */
export function becomeOnlyOne(file: string): OnlyOne {
  mkdirSync(path.dirname(file), { recursive: true });
  for (;;) {
    try {
      writeNote(file, { pid: process.pid, appUrl: null }, "wx");
      break;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EEXIST") throw error;
      const other = readLiving(file);
      if (other !== undefined) return { isFirst: false, other };
      rmSync(file, { force: true });
    }
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimesSync(file, now, now);
  }, BEAT);
  beat.unref();
  return {
    isFirst: true,
    tellAddress: (appUrl) => writeNote(file, { pid: process.pid, appUrl }, "w"),
    release: () => {
      clearInterval(beat);
      rmSync(file, { force: true });
    },
  };
}

function writeNote(file: string, note: Note, flag: "w" | "wx"): void {
  writeFileSync(file, JSON.stringify(note), { flag });
}

/** The other start's note, unless its process is gone. */
function readLiving(file: string): Note | undefined {
  try {
    const note = noteSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    if (Date.now() - statSync(file).mtimeMs > DEAD_AFTER) return undefined;
    process.kill(note.pid, 0);
    return note;
  } catch (error) {
    // A process of another user cannot be signalled, but it lives. Half a note was left by a crash.
    if (error instanceof Error && "code" in error && error.code === "EPERM") return { pid: 0, appUrl: null };
    return undefined;
  }
}
