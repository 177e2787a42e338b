/** The inference node's command line; `--help` lists its commands. */
import { Command } from "commander";
import pino from "pino";
import { BaseError, shortMessageOf } from "#protocol/errors.ts";
import { withAuditCommands } from "./cli/auditCommands.ts";
import { withModelfileCommands } from "./cli/modelfileCommands.ts";
import type { NodeConfig } from "./cli/nodeConfig.ts";
import { readNodeConfig } from "./cli/nodeConfig.ts";
import type { NodeFlags } from "./cli/nodeOptions.ts";
import { configFlags, withNodeOptions } from "./cli/nodeOptions.ts";
import { addOperatorCommands } from "./cli/operatorCommands.ts";
import { addPullCommands } from "./cli/pullCommands.ts";
import { onStop } from "./cli/stopSignals.ts";

const stop = new AbortController();
const program = new Command("npm run node --").description("Serves a contest's models and signs what it serves.");

withNodeOptions(program.command("serve").description("serve entries of a contest over HTTP"))
  .option("--port <n>", "port to listen on; 0 takes a free one", Number)
  .option("--host <address>", "address to listen on")
  .option("--until-stdin-closes", "stop when standard input ends", false)
  .action(async (flags: NodeFlags & { untilStdinCloses: boolean }) => {
    onStop(() => stop.abort(new Error("told to stop")), flags.untilStdinCloses);
    const config = await readNodeConfig(flags.config, configFlags(flags));
    const { serveCommand } = await import("./cli/serveCommand.ts");
    await serveCommand(config, logTo(config), stop);
  });

withNodeOptions(program.command("register").description("register the node: stake, endpoint, signing key")).action(
  async (flags: NodeFlags) => {
    onStop(() => stop.abort(new Error("told to stop")), false);
    const config = await readNodeConfig(flags.config, configFlags(flags));
    const { registerCommand } = await import("./cli/registerCommand.ts");
    await registerCommand(config, logTo(config), stop.signal);
  },
);

addOperatorCommands(program, { stop, logTo });

addPullCommands(program, { stop, logTo });
withModelfileCommands(program);
withAuditCommands(program, { stop });

function logTo(config: Pick<NodeConfig, "logLevel">) {
  return pino(
    { level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}

try {
  await program.parseAsync();
} catch (error) {
  if (!stop.signal.aborted) {
    if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify({ error: shortMessageOf(error) })}\n`);
    process.stderr.write(`${error instanceof BaseError ? error.message : shortMessageOf(error)}\n`);
    process.exitCode ??= 1;
  }
}
// A parent's open channel would keep this process alive.
if (process.connected) process.disconnect();
