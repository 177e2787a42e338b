/** Runs one command of the set-up with visible progress, and says what to do when it fails. */

import { spawn } from "node:child_process";

/** Seconds between two signs of life of a long step. */
const HEARTBEAT = 15;
/** Lines of a failed command's output that are shown: from its beginning, where compilers and npm say why, and its end. */
const HEAD = 20;
const TAIL = 10;

/** A set-up that cannot go on. `exitCode`: what the process should end with; 1 is left to scripts' own verdicts. */
export class SetupError extends Error {
  /** @param {string} message @param {number} [exitCode] */
  constructor(message, exitCode = 2) {
    super(message);
    this.name = "SetupError";
    this.exitCode = exitCode;
  }
}

/**
 * Runs `file args`, its output kept back, and returns when it has ended well.
 * Throws `SetupError` naming the step, the command, the end of its output and the remedy.
 *
 * @param {{ step: string, file: string, args: string[], cwd: string, env: NodeJS.ProcessEnv, remedy: string }} options
 * @returns {Promise<void>}
 */
export async function runStep({ step, file, args, cwd, env, remedy }) {
  const started = Date.now();
  const running = collect(file, args, cwd, env);
  console.error(`set-up: ${step} …`);
  const heartbeat = setInterval(() => console.error(`set-up: ${step}, ${seconds(started)} so far …`), HEARTBEAT * 1000);
  const { code, signal, output } = await running;
  clearInterval(heartbeat);
  if (code === 0) {
    console.error(`set-up: ${step}, done in ${seconds(started)}`);
    return;
  }
  if (signal === "SIGINT" || signal === "SIGTERM") throw new SetupError(`set-up: stopped while ${step}`, 130);
  throw new SetupError(
    [
      `set-up failed while ${step}.`,
      `  ran:  ${[file, ...args].join(" ")}`,
      `  in:   ${cwd}`,
      `  end:  ${signal ?? `exit code ${code}`}, with`,
      ...tellingLines(output).map((line) => `        ${line}`),
      `  do:   ${remedy}`,
    ].join("\n"),
  );
}

/**
 * @param {string} file @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: number | null, signal: string | null, output: string }>}
 */
function collect(file, args, cwd, env) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    /** @type {NodeJS.Signals | null} */
    let asked = null;
    let output = "";
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      asked = signal;
      child.kill(signal);
    };
    process.on("SIGINT", forward).on("SIGTERM", forward);
    const settle = (/** @type {number | null} */ code, /** @type {string | null} */ signal) => {
      process.off("SIGINT", forward).off("SIGTERM", forward);
      resolve({ code: asked === null ? code : (code ?? 1) || 1, signal: asked ?? signal, output });
    };
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", (error) => {
      output += `${error.message}\n`;
      settle(127, null);
    });
    child.once("close", settle);
  });
}

/** @param {string} output */
function tellingLines(output) {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) return ["(no output)"];
  return lines.length <= HEAD + TAIL ? lines : [...lines.slice(0, HEAD), "…", ...lines.slice(-TAIL)];
}

/** @param {number} started Milliseconds since 1970. */
function seconds(started) {
  return `${Math.max(1, Math.round((Date.now() - started) / 1000))} s`;
}
