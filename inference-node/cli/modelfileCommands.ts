import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { Command } from "commander";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { describeIssues, entryDraftSchema, parseManifest } from "#protocol/manifest.ts";
import { parseModelfile, writeModelfile } from "#protocol/modelfile.ts";
import { modelfileOf, wrapperFromModelfile } from "#protocol/modelfileEntry.ts";
import { checkGgufHeader } from "../models/ggufHeader.ts";
import { explain } from "./explain.ts";

/** Adds `import` and `export`, which turn Ollama's Modelfile into an entry and back. */
export function withModelfileCommands(program: Command): void {
  explain(program.command("import").description("make an entry's draft of an Ollama Modelfile"), {
    examples: ["import Modelfile --out my-entry"],
  })
    .argument("<Modelfile>", "the file")
    .option("--out <folder>", "where entry.json is written", ".")
    .action(importModelfile);
  explain(program.command("export").description("write an entry as an Ollama Modelfile"), {
    examples: ["export entry.json --out Modelfile"],
  })
    .argument("<entry.json>", "the entry's manifest, or a draft, which needs --from")
    .option("--out <file>", "where it is written; printed without this")
    .option("--from <path>", "where the model lies (default: beside it, under the name in the manifest)")
    .action(exportModelfile);
}

async function importModelfile(file: string, options: { out: string; json?: true }): Promise<void> {
  const modelfile = parseModelfile(await readText(file));
  const { wrapper, contextLength, license, notes } = wrapperFromModelfile(modelfile);
  const place = resolve(dirname(file), modelfile.from.replace(/^~(?=\/)/, process.env.HOME ?? "~"));
  const facts = await checkGgufHeader(place).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === "ENOENT") return null;
    throw error;
  });
  const model = facts === null ? null : place;
  const draft = {
    name: basename(modelfile.from, extname(modelfile.from)).slice(0, 48),
    tagline: "",
    description: "",
    category: "other",
    team: "",
    funding: "",
    parameters: Number(facts?.parameters ?? 0),
    quantization: facts?.quantization ?? "",
    contextLength: contextLength ?? facts?.contextLength ?? 0,
    license: license ?? "",
    wrapper,
  };
  const missing = entryDraftSchema.safeParse(draft).error?.issues.map(({ path }) => path.join(".")) ?? [];
  const target = join(options.out, "entry.json");
  await mkdir(options.out, { recursive: true });
  await writeNew(target, `${JSON.stringify(draft, null, 2)}\n`);
  const { adapters } = modelfile;
  if (options.json) return print(JSON.stringify({ entry: target, model, adapters, missing, notes }));
  print(
    [
      `✓ ${target}`,
      ...notes.map((note) => `  • ${note}`),
      ...(missing.length > 0 ? [`  Still to be written, or corrected: ${missing.join(", ")}`] : []),
      model === null
        ? `  FROM ${modelfile.from} is no file here. \`ollama show --modelfile ${modelfile.from}\` prints where its file lies; name that with --model.`
        : `  Then: npm run entry -- submit ${target} --model ${model}${adapters.map((path) => ` --adapter ${path}`).join("")}`,
    ].join("\n"),
  );
}

async function exportModelfile(file: string, options: { out?: string; from?: string; json?: true }): Promise<void> {
  const { modelfile, notes } = modelfileOf(parseEntry(readJson(file, await readText(file))), options.from);
  const text = writeModelfile(modelfile);
  if (options.out !== undefined) await writeNew(options.out, text);
  if (options.json) return print(JSON.stringify({ modelfile: options.out ?? text, notes }));
  print(options.out === undefined ? text.trimEnd() : `✓ ${options.out}`);
  if (notes.length > 0) process.stderr.write(`${notes.map((note) => `• ${note}`).join("\n")}\n`);
}

/** A manifest, or a draft, which names no files yet. */
function parseEntry(value: unknown): Manifest {
  if (typeof value === "object" && value !== null && "files" in value) return parseManifest(value);
  const draft = entryDraftSchema.safeParse(value);
  if (draft.success) return { version: 1, ...draft.data, files: [] };
  throw new InvalidInputError("This is no entry.", { metaMessages: describeIssues(draft.error) });
}

/** Nobody's work is written over. */
async function writeNew(file: string, text: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new InvalidInputError(`${file} exists already.`, {
      metaMessages: ["Move it away, or name another with --out."],
    });
  await writeFile(file, text, { flag: "wx" });
}

async function readText(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((cause: unknown) => {
    throw new InvalidInputError(`${file} cannot be read: ${shortMessageOf(cause)}`, { cause });
  });
}

function readJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError(`${file} is not JSON: ${shortMessageOf(cause)}`, { cause });
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
