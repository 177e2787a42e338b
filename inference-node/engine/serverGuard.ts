/**
 * Runs a program and ends it when whoever started this process is gone, however that went: the channel closes even
 * after a SIGKILL, and a llama-server left alone would hold its memory for ever. Arguments: the program and its own.
 */
import { spawn } from "node:child_process";
import { lifeline } from "./lifeline.ts";

const [program, ...args] = process.argv.slice(2);
const server = spawn(program ?? "", args, {
  stdio: ["ignore", "ignore", "inherit", "ignore", lifeline()],
  detached: true,
});

process.on("disconnect", () => server.kill("SIGKILL"));
// It may have gone before anybody listened.
if (!process.connected) server.kill("SIGKILL");
// Answers under way are to be finished when a signal reaches the whole group.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
server.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.on("exit", (code) => process.exit(code ?? 1));
