import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Process ids of the model processes that a node's process started. */
export async function modelProcessesOf(pid: number | undefined): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-e", "-o", "pid=,ppid=,args="]);
  return stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === pid && args.join(" ").includes("engine/child.ts"))
    .map(([child]) => Number(child));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
