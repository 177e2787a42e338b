import { readFile, rename, writeFile } from "node:fs/promises";
import type { Address } from "viem";
import { z } from "zod";
import { checkContest } from "./checkContest.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { contestsOf } from "./nodeConfig.ts";
import { openChain } from "./openOperator.ts";
import type { ServeContext } from "./serveCommand.ts";
import { serveCommand } from "./serveCommand.ts";

/**
 * Adds an entry to those that the configuration file names, and serves them: the model is fetched and verified first.
 *
 * `file`: the configuration file, or null when flags alone say everything. The contest may be another one than the
 * configured, of the same factory. Throws `InvalidInputError` when the chain knows no such contest or entry.
 */
export async function hostCommand(
  config: NodeConfig,
  asked: { readonly contest: Address; readonly entryId: number; readonly file: string | null },
  context: ServeContext,
): Promise<void> {
  await checkContest(await openChain(config.rpcUrl), config.factory, asked.contest, [asked.entryId]);
  const hosted = withEntry(config, asked);
  if (asked.file !== null) await keep(asked.file, hosted);
  await serveCommand({ ...config, ...hosted }, context);
}

type Hosted = Pick<NodeConfig, "entries" | "also">;

/** What a node hosts when this entry joins. Pure. */
export function withEntry(
  config: Pick<NodeConfig, "contest" | "entries" | "also">,
  { contest, entryId }: { readonly contest: Address; readonly entryId: number },
): Hosted {
  const known = contestsOf(config).some((one) => one.contest === contest);
  const joined = [...contestsOf(config), ...(known ? [] : [{ contest, entries: [] }])].map((one) => ({
    contest: one.contest,
    entries:
      one.contest !== contest || one.entries === "all" ? copy(one.entries) : [...new Set([...one.entries, entryId])],
  }));
  return { entries: joined[0]?.entries ?? "all", also: joined.slice(1) };
}

function copy(entries: "all" | readonly number[]): "all" | number[] {
  return entries === "all" ? "all" : [...entries];
}

/** Changes these fields and leaves the rest of the file as its owner wrote it. */
async function keep(file: string, { entries, also }: Hosted): Promise<void> {
  const read = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, "utf8")));
  const next = { ...read, entries, ...(also.length > 0 && { also }) };
  if (JSON.stringify(next) === JSON.stringify(read)) return;
  await writeFile(`${file}.new`, `${JSON.stringify(next, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
