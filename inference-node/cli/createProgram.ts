import { Command } from "commander";
import type { FastifyBaseLogger } from "fastify";
import { withAuditCommands } from "./auditCommands.ts";
import type { OpenProgress } from "./createTerminal.ts";
import { withModelfileCommands } from "./modelfileCommands.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { addOperatorCommands } from "./operatorCommands.ts";
import { addPullCommands } from "./pullCommands.ts";

export type ProgramContext = {
  /** Aborted when the process should end. */
  readonly stop: AbortController;
  /** The log of a level, on stderr. */
  readonly logTo: (config: Pick<NodeConfig, "logLevel">) => FastifyBaseLogger;
  readonly progress: OpenProgress;
};

/** Every command of an inference node. */
export function createProgram(context: ProgramContext): Command {
  const program = new Command("npm run node --").description("Serves a contest's models and signs what it serves.");
  program.commandsGroup("To run a node, in the order in which it is needed:");
  addOperatorCommands(program, context);
  program.commandsGroup("Files of entries:");
  addPullCommands(program, context);
  withModelfileCommands(program);
  program.commandsGroup("For those who trust no node:");
  withAuditCommands(program, context);
  return program;
}
