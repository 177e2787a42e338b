import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export type Process = { readonly pid: number; readonly command: string };

/** Living processes whose environment or command line holds `mark`, this one excepted. */
export function processesOf(mark: string): Process[] {
  const all = process.platform === "linux" ? fromProc(mark) : fromPs(mark);
  return all.filter(({ pid }) => pid !== process.pid);
}

function fromProc(mark: string): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // A zombie has neither; one that ends under our eyes throws.
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      const isMarked = command !== "" && (command + readFileSync(`/proc/${name}/environ`, "utf8")).includes(mark);
      return isMarked ? [{ pid: Number(name), command }] : [];
    } catch {
      return [];
    }
  });
}

function fromPs(mark: string): Process[] {
  const lines = execFileSync("ps", ["-axEww", "-o", "pid=,command="], { encoding: "utf8" }).split("\n");
  return lines
    .filter((line) => line.includes(mark) && !line.includes("ps -axEww"))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim() }));
}

/** Process ids of everything that `pid` started, and they in turn. */
export function descendantsOf(pid: number): number[] {
  const all = list();
  const below = (parent: number): number[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each.pid, ...below(each.pid)]);
  return below(pid);
}

/** Those of `pids` that still run. A zombie, which nobody has asked for its exit code, does not. */
export function living(pids: readonly number[]): string[] {
  return list()
    .filter(({ pid, state }) => pids.includes(pid) && !state.startsWith("Z"))
    .map(({ pid, state, command }) => `${pid} ${state} ${command}`);
}

function list() {
  const lines = execFileSync("ps", ["-e", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" }).split("\n");
  return lines.map((line) => {
    const [pid, parent, state = "", ...command] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), state, command: command.join(" ") };
  });
}
