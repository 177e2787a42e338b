import { Command, Option } from "commander";
import { destination, pino } from "pino";
import { z } from "zod";
import { BaseError, InvalidInputError } from "#protocol/errors.ts";
import { describeIssues } from "#protocol/manifest.ts";
import { addressSchema } from "#protocol/primitives.ts";
import type { ExportFormat } from "./export/exportTables.ts";
import { EXPORT_FORMATS, exportTables } from "./export/exportTables.ts";
import { readHidden } from "./manifests/readHidden.ts";
import type { Indexer } from "./serve.ts";
import { serve } from "./serve.ts";
import { pruneOlder } from "./store/pruneOlder.ts";

const whole = (most: number) => z.coerce.number<string>().int().min(0).max(most);

const endpoint = z.url({
  protocol: /^(https?|wss?)$/,
  error: "expected an address that starts with http:, https:, ws: or wss:",
});

const optionsSchema = z.object({
  rpc: z.array(endpoint),
  rpcTimeoutMs: whole(600_000),
  auditBlocks: whole(1_000_000),
  factory: addressSchema.optional(),
  nodeRegistry: addressSchema.optional(),
  db: z.string().min(1),
  readOnly: z.boolean(),
  resync: z.boolean(),
  host: z.string().min(1),
  port: whole(65_535),
  chainId: whole(Number.MAX_SAFE_INTEGER).optional(),
  fromBlock: whole(Number.MAX_SAFE_INTEGER),
  finalityDepth: whole(1_000_000),
  pollMs: whole(600_000).optional(),
  manifestBase: z.array(z.url({ protocol: /^https?$/ })),
  allowPrivate: z.boolean(),
  hide: z.string().min(1).optional(),
  requestsPerMinute: whole(1_000_000),
  proxies: whole(10),
  logLevel: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]),
});

const LOCAL_POLL_MS = 100;
const REMOTE_POLL_MS = 1_000;

const program = new Command("indexer").description("Turns the chain's events into the ranking, and serves it.");

program
  .command("serve")
  .description("Follows the chain and serves what it says over HTTP. Prints one line of JSON when it listens.")
  .option(
    "--rpc <urls>",
    "the chain's endpoint, http(s) or ws(s); several, separated by commas, watch each other",
    splitUrls,
    [],
  )
  .option("--factory <address>", "the contest factory")
  .option("--node-registry <address>", "the node registry")
  .addOption(
    new Option("--db <where>", "the database: a file, made where there is none, or postgres://…")
      .env("DATABASE_URL")
      .makeOptionMandatory(),
  )
  .option("--resync", "put a damaged database file aside and read everything anew", false)
  .option(
    "--read-only",
    "only serve what another process writes into the same Postgres, or into a file on this machine; needs no chain",
    false,
  )
  .option("--host <name>", "where to listen", "127.0.0.1")
  .option("--port <number>", "where to listen; 0 takes a free one", "0")
  .option("--chain-id <number>", "refuse every other chain")
  .option("--from-block <number>", "first block to read in an empty database", "0")
  .option("--finality-depth <blocks>", "blocks that may still be taken back", "64")
  .option("--rpc-timeout-ms <milliseconds>", "how long an endpoint may take to answer", "10000")
  .option("--audit-blocks <blocks>", "blocks between comparisons with the contracts' own tallies; 0 for none", "64")
  .option("--poll-ms <milliseconds>", "time between two looks at the head (default: 100 on this machine, else 1000)")
  .option("--manifest-base <urls>", "where /manifests/<sha256> is tried first, separated by commas", splitUrls, [])
  .option("--allow-private", "let manifests come from private addresses and over plain http", false)
  .option("--hide <file>", "JSON list of entries whose words are not shown, each with the reason that is shown instead")
  .option("--requests-per-minute <number>", "requests from one network address in a minute; 0 for no limit", "6000")
  .option("--proxies <number>", "how many proxies in front are believed about who asks, if nobody gets past them", "0")
  .addOption(new Option("--log-level <level>", "what to log on stderr").default("info"))
  .addHelpText(
    "after",
    `
A program whose fold differs (a new projection version) reads everything anew beside what the older one wrote, and
answers from the older one's rows until its own are complete: /ready says so, and the header projection-version names
the version of every answer. Where it cannot read the older rows, it answers 503 until then. With Postgres the older
program may go on running beside it. \`indexer prune\` removes what is older; nothing else does.`,
  )
  .action(run);

program
  .command("prune")
  .description("Removes what older versions of the program left in a database, once this one's rows are complete.")
  .addOption(new Option("--db <where>", "as for serve").env("DATABASE_URL").makeOptionMandatory())
  .addHelpText(
    "after",
    "\nNothing else removes it: `serve` keeps the older version's rows, also after it has switched.",
  )
  .action(prune);

program
  .command("export")
  .description("Writes the public tables, with a description of every column, into a new folder; the indexer may run.")
  .addOption(new Option("--db <where>", "as for serve").env("DATABASE_URL").makeOptionMandatory())
  .addOption(new Option("--format <format>", "what to write").choices(EXPORT_FORMATS).default("sqlite"))
  .option("--out <folder>", "where to", "coindrop-export")
  .option("--json", "print one line of JSON")
  .addHelpText("after", "\nOpen it: datasette coindrop-export/coindrop.sqlite --metadata coindrop-export/metadata.json")
  .action(exportAll);

await program.parseAsync();

async function exportAll(options: { db: string; format: ExportFormat; out: string; json?: true }): Promise<void> {
  try {
    const { files, rows, block } = await exportTables(options.db, options.out, options.format);
    const told = options.json
      ? JSON.stringify({ folder: options.out, files, rows, block })
      : `✓ ${rows} rows as of block ${block} in ${options.out}: ${files.join(", ")}`;
    process.stdout.write(`${told}\n`);
  } catch (error) {
    fail(error);
  }
}

async function prune({ db }: { db: string }): Promise<void> {
  try {
    const removed = await pruneOlder(db);
    process.stdout.write(removed.length === 0 ? "✓ nothing older is there\n" : `✓ removed ${removed.join(", ")}\n`);
  } catch (error) {
    fail(error);
  }
}

async function run(given: unknown): Promise<void> {
  try {
    await start(given);
  } catch (error) {
    fail(error);
  }
}

async function start(given: unknown): Promise<void> {
  const parsed = optionsSchema.safeParse(given);
  if (!parsed.success) {
    throw new InvalidInputError("An option is not valid.", { metaMessages: describeIssues(parsed.error) });
  }
  const { rpc, db, manifestBase, logLevel, pollMs, hide, ...rest } = parsed.data;
  const log = pino({ level: logLevel }, destination({ dest: 2, sync: true }));
  let indexer: Indexer | undefined;
  let closing: Promise<void> | undefined;
  const stop = () => {
    // Before it serves there is nothing to close: what is on disk survives any end.
    closing ??= indexer?.close() ?? Promise.resolve();
    closing.then(() => process.exit(), fail);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  // A parent that goes away without a word takes its channel with it, perhaps before anybody listened.
  process.once("disconnect", stop);
  if (process.connected === false) return stop();

  const serving = await serve({
    ...rest,
    rpcUrls: rpc,
    file: db,
    pollMs: pollMs ?? (rpc.every(isLocal) ? LOCAL_POLL_MS : REMOTE_POLL_MS),
    manifestBases: manifestBase,
    hidden: hide === undefined ? undefined : readHidden(hide),
    log,
  });
  indexer = serving;
  process.stdout.write(`${JSON.stringify({ ready: true, url: serving.url })}\n`);

  await serving.stopped.catch(async (error: unknown) => {
    await serving.close().catch(() => {});
    throw error;
  });
}

function splitUrls(value: string): string[] {
  return value.split(",").filter((url) => url !== "");
}

function isLocal(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

function fail(error: unknown): never {
  const text = error instanceof BaseError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`indexer: ${text}\n`);
  process.exit(1);
}
