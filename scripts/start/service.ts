import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import type { WriteStream } from "node:fs";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { BaseError } from "#protocol/errors.ts";
import { nodeFlags } from "../setup/nodeFlags.js";
import { root } from "../tool/root.ts";

export type ServiceSpec = {
  /** What people call it. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly logFile: string;
};

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Service = {
  readonly name: string;
  readonly pid: number | undefined;
  /** Its first line of JSON on standard output. Rejects when it ends without one. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  readonly exited: Promise<Exit>;
  readonly kill: (signal: NodeJS.Signals) => void;
};

/** Lines of a log that an error quotes. */
const QUOTED = 5;

/**
 * Starts one of our processes. It ends when this one does, whatever the reason: the channel between them closes. In a
 * group of its own, so that Ctrl-C reaches it through us, in order, and not from the terminal.
 */
export function startService({ name, file, args, env = {}, logFile }: ServiceSpec): Service {
  const log = createWriteStream(logFile, { flags: "a" });
  const child = spawn(process.execPath, [...nodeFlags(file), file, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe", "ipc"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  const last: string[] = [];
  const exited = new Promise<Exit>((resolve) => {
    child.once("error", (error) => {
      last.push(error.message);
      resolve({ code: 127, signal: null });
    });
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  void exited.then(() => log.end());
  const ready = firstLine(child, log, last, name, logFile, exited);
  // Whoever waits for it hears; nobody has to.
  ready.catch(() => {});
  return { name, pid: child.pid, ready, exited, kill: (signal) => void child.kill(signal) };
}

function firstLine(
  child: ChildProcess,
  log: WriteStream,
  last: string[],
  name: string,
  logFile: string,
  exited: Promise<Exit>,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const keep = (line: string) => {
      log.write(`${line}\n`);
      last.push(line);
      if (last.length > QUOTED) last.shift();
    };
    let isReady = false;
    if (child.stderr !== null) createInterface({ input: child.stderr }).on("line", keep);
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const facts = isReady ? undefined : parseObject(line);
        if (facts === undefined) return keep(line);
        isReady = true;
        resolve(facts);
      });
    }
    void exited.then((exit) => {
      reject(
        new BaseError(`${name} ended before it was ready (${describeExit(exit)}).`, {
          metaMessages: [...last, `log: ${logFile}`],
        }),
      );
    });
  });
}

/** How a process ended, in words. */
export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `killed by ${signal}`;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
