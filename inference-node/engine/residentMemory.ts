import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * Bytes of memory that a process holds with all that it started, such as a llama-server; null when it is gone or the
 * system does not tell (Windows).
 */
export async function residentMemory(pid: number): Promise<number | null> {
  if (process.platform === "win32") return null;
  return process.platform === "linux" ? await fromProc(pid) : await fromPs(pid);
}

async function fromProc(pid: number): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const own = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (own === undefined) return null;
    const below = await Promise.all((await childrenOf(pid)).map(fromProc));
    return Number(own) * 1_024 + below.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
  } catch {
    return null;
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => "")),
  );
  return lists.flatMap((list) => list.split(" ").filter((id) => id.trim() !== "")).map(Number);
}

async function fromPs(pid: number): Promise<number | null> {
  const listed = await promisify(execFile)("ps", ["-e", "-o", "pid=,ppid=,rss="]).catch(() => null);
  const rows = (listed?.stdout ?? "")
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const sumOf = (id: number): number | null => {
    const kibibytes = rows.find(([one]) => one === id)?.[2];
    if (kibibytes === undefined) return null;
    const below = rows.filter(([, parent]) => parent === id).map(([child]) => sumOf(child ?? 0) ?? 0);
    return kibibytes * 1_024 + below.reduce((sum, bytes) => sum + bytes, 0);
  };
  return sumOf(pid);
}
