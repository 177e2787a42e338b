/** For authors: `npm run entry -- submit <folder or manifest>`. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import type { Address, Hex } from "viem";
import { keccak256 } from "viem";
import { InvalidInputError } from "#protocol/errors.ts";
import { bareHex } from "#protocol/hashing.ts";
import { withModelfileCommands } from "../inference-node/cli/modelfileCommands.ts";
import { checkGgufHeader } from "../inference-node/models/ggufHeader.ts";
import { addressOption, webUrlOption } from "./cli/arguments.ts";
import type { Connection } from "./cli/connect.ts";
import { connect, readToken } from "./cli/connect.ts";
import { bytesInWords, coinsInWords, rows, timeInWords } from "./cli/inWords.ts";
import { askToSend, EXIT_HELP, runCommand } from "./cli/runCommand.ts";
import { submitEntry } from "./deploy.ts";
import { checkEntry, readRules } from "./entry/checkEntry.ts";
import { locateEntry } from "./entry/locateEntry.ts";
import type { OtherFile, Prepared } from "./entry/makeEntry.ts";
import { makeEntry, prepare } from "./entry/makeEntry.ts";
import { showProgress } from "./entry/showProgress.ts";
import { folders } from "./start/context.ts";
import { devAccounts } from "./start/localChain.ts";
import { root } from "./tool/root.ts";

type SubmitOptions = {
  readonly contest?: Address;
  readonly model?: string;
  readonly modelUrl?: string[];
  readonly adapter?: string[];
  readonly knowledge?: string[];
  readonly embedding?: string;
  readonly filesAt?: string;
  readonly uri?: string;
  readonly declaration?: string;
  readonly rpc?: string;
  readonly keyEnv?: string;
  readonly keystore?: string;
  readonly yes?: true;
  readonly json?: true;
};

const MAX_URI_BYTES = 512;
const DEMO_DECLARATION = path.join(root, "scripts", "demo", "declaration.md");

const program = new Command("npm run entry --").description("For authors.");
program
  .command("submit")
  .description("hash an entry's model, check it against the contest's rules, and enter it")
  .argument("<folder or manifest>", "folder with entry.json and one .gguf file, or the JSON file itself")
  .option("--contest <address>", "contest to enter (default: the demo's)", addressOption)
  .option("--model <file>", "model file, where it lies elsewhere")
  .option("--model-url <url...>", "where the model can be downloaded; goes into the manifest")
  .option("--adapter <file...>", "LoRA adapters in GGUF that the model is served with")
  .option("--knowledge <file...>", "texts and Markdown that questions are answered from")
  .option("--embedding <file>", "GGUF model that finds knowledge by meaning; without it words decide")
  .option("--files-at <url>", "below which address these can be downloaded, each under its name", webUrlOption)
  .option("--uri <url>", "where the manifest will be found; {sha256} stands for its hash", webUrlOption)
  .option("--declaration <file>", "the text that you sign up to by entering (default: the demo's)")
  .option("--rpc <url>", "RPC endpoint (default: the demo that runs in this folder)", webUrlOption)
  .option("--key-env <name>", "environment variable that holds the private key to send with")
  .option("--keystore <file>", "encrypted JSON keystore to send with")
  .option("--yes", "declare and send without asking")
  .option("--json", "print the result as JSON")
  .addHelpText("after", EXIT_HELP)
  .action(submit);
withModelfileCommands(program);
process.exitCode = await runCommand(program, process.argv);

async function submit(place: string, options: SubmitOptions): Promise<void> {
  const say = options.json ? console.error : console.log;
  const located = await locateEntry(place, options.model);
  await checkGgufHeader(located.modelPath);
  const { modelPath } = located;
  const urls = options.modelUrl ?? [];
  const computed =
    located.kind === "draft"
      ? await makeEntry({
          draft: located.draft,
          modelPath,
          urls,
          others: otherFiles(options),
          otherUrl: options.filesAt,
          onProgress: await showProgress(modelPath),
        })
      : await compared(prepare(located.manifest), modelPath);

  const connection = await connect({ ...options, demo: demoAuthor });
  const { clients, chain, account, demo } = connection;
  const contest = options.contest ?? demo?.contest;
  if (contest === undefined) throw new InvalidInputError("Which contest? Name it with --contest.");
  const rules = await readRules(clients, contest);
  const coin = await readToken(clients, rules.coin);
  await checkEntry(clients, { contest, rules, coin, entry: computed });
  const declaration = await readDeclaration(options.declaration, rules.declarationHash);
  const manifestURI = manifestAddress(computed, options.uri, connection);

  say("\nThis entry will be submitted, and nothing about it can be changed afterwards:\n");
  say(
    rows([
      ["name", computed.manifest.name],
      ["tagline", computed.manifest.tagline],
      ["model", `${path.basename(modelPath)}, ${bytesInWords(computed.modelSize)}`],
      ["SHA-256", bareHex(computed.modelSha256)],
      ["pieces root", bareHex(computed.modelRoot)],
      ["manifest", `${bareHex(computed.manifestHash)}, at ${manifestURI}`],
      ["contest", `${contest} on ${chain.name}; voting opens ${timeInWords(rules.votesOpen)}`],
      ["author", account.address],
      [
        "bond",
        `${coinsInWords(rules.entryBond, coin)}, back after the result unless the entry is removed; withdrawing it costs a tenth`,
      ],
    ]),
  );
  say(`\nBy submitting you declare:\n\n${declaration.trim().replaceAll(/^/gm, "  │ ")}\n`);
  await askToSend("Declare this, pay the bond and submit?", options.yes === true);
  // The demo's nodes look there; elsewhere it is the author's to publish.
  const isDemo = options.uri === undefined;
  const file = await writeManifest(computed, isDemo ? folders.manifests : path.dirname(modelPath));
  const { manifestHash, modelSha256, modelRoot, modelSize } = computed;
  const entryId = await submitEntry(clients, {
    contest,
    rules,
    input: { manifestHash, modelSha256, modelRoot, modelSize, manifestURI },
  });
  if (options.json)
    console.log(
      JSON.stringify({
        entryId,
        contest,
        chainId: chain.id,
        author: account.address,
        manifestHash,
        modelSha256,
        modelRoot,
        modelSize,
        manifestURI,
      }),
    );
  else
    say(
      `✓ It is entry ${entryId}.\n  ${isDemo ? "The demo's nodes find its manifest" : "Serve this file, as it is, at the address above"}: ${file}\n`,
    );
}

function otherFiles({ adapter = [], knowledge = [], embedding }: SubmitOptions): OtherFile[] {
  return [
    ...adapter.map((file) => ({ role: "adapter", path: file }) as const),
    ...knowledge.map((file) => ({ role: "knowledge", path: file }) as const),
    ...(embedding === undefined ? [] : [{ role: "embedding", path: embedding } as const]),
  ];
}

function demoAuthor() {
  const { authors, organiser } = devAccounts();
  return authors[0] ?? organiser;
}

/** A manifest that says which hashes its model has must be right about them. */
async function compared(stated: Prepared, modelPath: string): Promise<Prepared> {
  const { version: _, files, ...draft } = stated.manifest;
  const found = await makeEntry({ draft, modelPath, onProgress: await showProgress(modelPath) });
  if (found.modelSha256 === stated.modelSha256 && found.modelRoot === stated.modelRoot) return stated;
  throw new InvalidInputError("The manifest speaks of another model file.", {
    metaMessages: [
      `file: ${modelPath}`,
      `its SHA-256: ${bareHex(found.modelSha256)}`,
      `the manifest's: ${bareHex(stated.modelSha256)}`,
      `the manifest has ${files.length} files; correct it, or name another model with --model`,
    ],
  });
}

/** The text whose hash the rules hold. */
async function readDeclaration(file: string | undefined, expected: Hex): Promise<string> {
  const text = await readFile(file ?? DEMO_DECLARATION, "utf8").catch((error: unknown) => {
    throw new InvalidInputError(`The declaration ${file} cannot be read.`, { cause: error });
  });
  if (keccak256(new TextEncoder().encode(text)) === expected) return text;
  throw new InvalidInputError(
    file === undefined ? "This contest has a declaration of its own." : `${file} is not this contest's declaration.`,
    {
      metaMessages: [
        `keccak256 of the text must be ${expected}`,
        "get the text from the organiser and name it with --declaration",
      ],
    },
  );
}

/** Where the manifest will be found. */
function manifestAddress(entry: Prepared, uri: string | undefined, { demo }: Connection): string {
  const place = uri ?? (demo === undefined ? undefined : `${demo.nodes[0]?.url}/manifests/{sha256}`);
  if (place === undefined) {
    throw new InvalidInputError(
      "Where will the manifest be found? Name the address with --uri; {sha256} stands for its hash.",
    );
  }
  const address = place.replaceAll("{sha256}", bareHex(entry.manifestHash));
  if (new TextEncoder().encode(address).length <= MAX_URI_BYTES) return address;
  throw new InvalidInputError(`--uri: at most ${MAX_URI_BYTES} bytes.`);
}

/** Writes the manifest byte for byte as it must be served, and returns the file's path. */
async function writeManifest(entry: Prepared, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${bareHex(entry.manifestHash)}.json`);
  await writeFile(file, entry.manifestBytes);
  return file;
}
