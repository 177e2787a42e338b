import { readFile, rename, writeFile } from "node:fs/promises";
import type { FastifyBaseLogger } from "fastify";
import { z } from "zod";
import { InvalidInputError } from "#protocol/errors.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { serveCommand } from "./serveCommand.ts";

/**
 * Adds an entry to those that the configuration file names, and serves them: the model is fetched and verified first.
 *
 * `file`: the configuration file, or null when flags alone say everything. `contest` must be the configured one: a node
 * serves one contest.
 */
export async function hostCommand(
  config: NodeConfig,
  asked: { readonly contest: string; readonly entryId: number; readonly file: string | null },
  logger: FastifyBaseLogger,
  stop: AbortController,
): Promise<void> {
  if (asked.contest.toLowerCase() !== config.contest) {
    throw new InvalidInputError(`This node serves the contest ${config.contest}, not ${asked.contest}.`, {
      metaMessages: ["Give the other contest a node of its own: another folder, another configuration, another port."],
    });
  }
  const entries = config.entries === "all" ? config.entries : [...new Set([...config.entries, asked.entryId])];
  if (asked.file !== null && entries !== config.entries) await keepEntries(asked.file, entries);
  await serveCommand({ ...config, entries }, logger, stop);
}

/** Changes the one field and leaves the rest of the file as its owner wrote it. */
async function keepEntries(file: string, entries: "all" | readonly number[]): Promise<void> {
  const read = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, "utf8")));
  await writeFile(`${file}.new`, `${JSON.stringify({ ...read, entries }, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
