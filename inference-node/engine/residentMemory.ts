import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Bytes of memory that a process holds; null when it is gone or the system does not tell (Windows). */
export async function residentMemory(pid: number): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return kibibytes(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  } catch {
    if (process.platform === "win32") return null;
  }
  return await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]).then(
    ({ stdout }) => kibibytes(stdout.trim()),
    () => null,
  );
}

function kibibytes(text: string | undefined): number | null {
  return text === undefined || !/^\d+$/.test(text) ? null : Number(text) * 1_024;
}
