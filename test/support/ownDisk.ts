import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const SCRIPT = 'mount -t tmpfs -o "$1" tmpfs "$0" && echo ready && cat >/dev/null';

/**
 * A disk in memory at `folder`, which only those see who run under it. It goes with whoever made it. Throws with the
 * system's words where it is not permitted.
 */
export async function mountOwnDisk(folder: string, options: string) {
  const flags = process.getuid?.() === 0 ? ["-m"] : ["-m", "-r"];
  const holder = spawn("unshare", [...flags, "sh", "-c", SCRIPT, folder, options], { stdio: "pipe" });
  let words = "";
  holder.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    words += chunk;
  });
  const gone = once(holder, "close").then(() => Promise.reject(new Error(words.trim() || "unshare ended")));
  gone.catch(() => {});
  await Promise.race([
    once(holder.stdout, "data"),
    once(holder, "error").then(([error]) => Promise.reject(error)),
    gone,
  ]);
  const enter = ["-t", String(holder.pid), "-m", ...(flags.length > 1 ? ["-U", "--preserve-credentials"] : []), "--"];
  return {
    /** What a program runs under to see it. */
    under: ["nsenter", ...enter] as const,
    /** Where others see it. */
    seenAt: join(`/proc/${holder.pid}/root`, folder),
    remount(changed: string): void {
      execFileSync("nsenter", [...enter, "mount", "-o", `remount,${changed}`, folder], { stdio: "pipe" });
    },
    async close(): Promise<void> {
      holder.stdin.end();
      await gone.catch(() => {});
    },
  };
}
