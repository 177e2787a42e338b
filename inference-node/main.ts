/** The inference node's command line; `--help` lists its commands. */
import { BaseError } from "#protocol/errors.ts";
import { reasonOf } from "./chain/reasonOf.ts";
import { createLog } from "./cli/createLog.ts";
import { createProgram } from "./cli/createProgram.ts";
import { createTerminal } from "./cli/createTerminal.ts";
import { errorLine } from "./cli/errorLine.ts";
import { withoutSecrets } from "./withoutSecrets.ts";

const stop = new AbortController();
const json = process.argv.includes("--json");
const terminal = createTerminal(process.stderr);
const program = createProgram({
  stop,
  progress: terminal.progress,
  logTo: ({ logLevel }) => createLog(logLevel, { forPerson: process.stderr.isTTY && !json, print: terminal.print }),
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof Error && error.name === "ExitPromptError") {
    process.stderr.write("Stopped; nothing was done.\n");
    process.exitCode = 130;
  } else if (!stop.signal.aborted) {
    if (json) process.stdout.write(`${JSON.stringify(errorLine(error))}\n`);
    process.stderr.write(`${withoutSecrets(error instanceof BaseError ? error.message : reasonOf(error))}\n`);
    process.exitCode ??= 1;
  }
}
// A parent's open channel would keep this process alive.
if (process.connected) process.disconnect();
