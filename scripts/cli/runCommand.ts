import { styleText } from "node:util";
import type { Command } from "commander";
import { CommanderError } from "commander";
import { BaseError } from "#protocol/errors.ts";

/** What a command ends with. */
export const EXIT = { done: 0, failed: 1, usage: 2, declined: 3 } as const;

export const EXIT_HELP = "\nExit code 0: done. 1: it could not be done. 2: wrong usage. 3: you said no.";

/** The person said no, or nobody was there to say yes. */
export class DeclinedError extends BaseError {
  override readonly name = "DeclinedError";
}

/** Parses `argv`, runs the command's action and returns the exit code; errors become sentences. */
export async function runCommand(command: Command, argv: readonly string[]): Promise<number> {
  exitByThrowing(command);
  try {
    await command.parseAsync(argv);
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    // Ctrl-C at a question.
    if (error instanceof Error && error.name === "ExitPromptError") return EXIT.declined;
    if (!(error instanceof BaseError)) throw error;
    console.error(`${styleText("red", "✗")} ${error.message}`);
    return error instanceof DeclinedError ? EXIT.declined : EXIT.failed;
  }
}

/** Asks before something is sent. `isYes`: the answer was given beforehand. */
export async function askToSend(message: string, isYes: boolean): Promise<void> {
  if (isYes) return;
  if (!process.stdin.isTTY)
    throw new DeclinedError("Nothing was sent: nobody can be asked here. Add --yes to send without asking.");
  const { confirm } = await import("@inquirer/prompts");
  if (!(await confirm({ message, default: false }))) throw new DeclinedError("Nothing was sent.");
}

function exitByThrowing(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) exitByThrowing(child);
}
