import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/**
 * Milliseconds between two signs of life, and without one after which a start counts as dead where the system does not
 * tell when its process was born (the pid may be another's). A machine that slept gives no signs either.
 */
const BEAT = 5_000;
const DEAD_AFTER = 60_000;

const noteSchema = z.object({
  pid: z.int().positive(),
  /** As `birthOf` tells; null where it cannot. */
  born: z.string().nullable(),
  appUrl: z.string().nullable(),
});
type Note = z.infer<typeof noteSchema>;

export type OnlyOne =
  | { readonly isFirst: true; readonly tellAddress: (appUrl: string) => void; readonly release: () => void }
  | { readonly isFirst: false; readonly other: Note };

/** Makes sure that one start runs in a folder. `file`: where the running one leaves its note. */
export function becomeOnlyOne(file: string): OnlyOne {
  mkdirSync(path.dirname(file), { recursive: true });
  const own: Note = { pid: process.pid, born: birthOf(process.pid), appUrl: null };
  for (;;) {
    try {
      writeNote(file, own, "wx");
      break;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EEXIST") throw error;
      const other = readLiving(file);
      if (other !== undefined) return { isFirst: false, other };
      rmSync(file, { force: true });
    }
  }
  const isOwn = () => {
    const note = readNote(file);
    return note?.pid === own.pid && note.born === own.born;
  };
  const beat = setInterval(() => {
    try {
      if (isOwn()) utimesSync(file, new Date(), new Date());
    } catch {
      // Somebody removed the note: no reason for a running demo to end.
    }
  }, BEAT);
  beat.unref();
  return {
    isFirst: true,
    tellAddress: (appUrl) => {
      if (isOwn()) writeNote(file, { ...own, appUrl }, "w");
    },
    release: () => {
      clearInterval(beat);
      if (isOwn()) rmSync(file, { force: true });
    },
  };
}

function writeNote(file: string, note: Note, flag: "w" | "wx"): void {
  writeFileSync(file, JSON.stringify(note), { flag });
}

/** Undefined where there is none, and where a crash left half of one. */
function readNote(file: string): Note | undefined {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** The other start's note, unless its process is gone or its pid is another's by now. */
function readLiving(file: string): Note | undefined {
  const note = readNote(file);
  if (note === undefined || !isAlive(note.pid)) return undefined;
  const born = birthOf(note.pid);
  if (born !== null && note.born !== null) return born === note.born ? note : undefined;
  const signOfLife = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - signOfLife > DEAD_AFTER ? undefined : note;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user cannot be signalled, but it lives.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** When a process was born, in its system's own words; null where the system does not tell. */
function birthOf(pid: number): string | null {
  try {
    // Field 22; the second one, a name in brackets, may contain spaces and brackets.
    if (process.platform === "linux")
      return readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.trim().split(" ")[19] ?? null;
    if (process.platform === "win32") return null;
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
    });
  } catch {
    return null;
  }
}
