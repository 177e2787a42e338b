import type { Command } from "commander";
import { InvalidInputError, RetryableError } from "#protocol/errors.ts";
import { addressSchema } from "#protocol/primitives.ts";
import { DiskFullError } from "../models/diskSpace.ts";
import { ModelUnavailableError } from "../models/modelStore.ts";
import type { ProgramContext } from "./createProgram.ts";
import { explain } from "./explain.ts";
import { readNodeConfig, readStoreConfig } from "./nodeConfig.ts";
import type { NodeFlags } from "./nodeOptions.ts";
import { configFlags, withNodeOptions } from "./nodeOptions.ts";
import { onStop } from "./stopSignals.ts";
import type { VerifyFlags } from "./verifyCommand.ts";

type PullFlags = NodeFlags & { readonly manifest?: string; readonly from?: string[]; readonly json?: boolean };

/** Adds `pull` and `verify`. */
export function addPullCommands(program: Command, { stop, logTo, progress }: ProgramContext): void {
  explain(
    withNodeOptions(
      program
        .command("pull")
        .description("fetch an entry's files from several mirrors at once, each piece checked as it comes")
        .argument("[contest]", "the contest's address")
        .argument("[entry]", "the entry's id"),
    ),
    {
      examples: ["pull 0xc0de… 3", "pull --manifest entry.json --from https://node.example ~/models/sums.gguf"],
      codes: "0 there and verified; 1 refused, and will be again; 2 may succeed later (mirrors away, disk full)",
    },
  )
    .option("--manifest <file>", "an entry.json instead of an entry on chain")
    .option("--from <place...>", "more mirrors: base URLs of other nodes, or files")
    .action(async (contest: string | undefined, entry: string | undefined, flags: PullFlags) => {
      onStop(() => stop.abort(new Error("told to stop")), false);
      const { manifestOnChain, pullCommand } = await import("./pullCommand.ts");
      const from = flags.from ?? [];
      const [nodes, files] = [from.filter(isUrl), from.filter((place) => !isUrl(place))];
      const more = { nodes, files, json: flags.json === true, progress: flags.json === true ? undefined : progress };
      const logger = logTo({ logLevel: "info" });
      try {
        if (flags.manifest !== undefined) {
          const { readManifest } = await import("./readManifest.ts");
          const { mirrors, ...settings } = await readStoreConfig(flags.config, configFlags(flags));
          const all = { ...settings, ...more, nodes: [...mirrors, ...nodes] };
          return await pullCommand(await readManifest(flags.manifest), all, logger, stop.signal);
        }
        const address = addressSchema.safeParse(contest);
        const entryId = Number(entry);
        if (!address.success || !Number.isInteger(entryId) || entryId < 1) {
          throw new InvalidInputError("Which entry?", {
            metaMessages: ["pull <contest> <entry>, for example pull 0x… 3", "or pull --manifest entry.json"],
          });
        }
        const config = await readNodeConfig(flags.config, { contest: address.data, ...configFlags(flags) });
        const { manifest, holders } = await manifestOnChain(config, { contest: address.data, entryId }, stop.signal);
        const everyone = { nodes: [...config.mirrors, ...nodes], moreNodes: holders };
        await pullCommand(manifest, { ...config, ...more, ...everyone }, logger, stop.signal);
      } catch (error) {
        const later = [RetryableError, DiskFullError, ModelUnavailableError].some((Kind) => error instanceof Kind);
        process.exitCode = later ? 2 : 1;
        throw error;
      }
    });

  explain(program.command("verify").description("compare a model file with the one that a manifest names"), {
    examples: ["verify sums.gguf --manifest entry.json"],
    codes: "0 it is the model; 1 it is not, or cannot be read",
  })
    .argument("<file>", "the GGUF file")
    .requiredOption("--manifest <file>", "the entry's manifest, entry.json")
    .action(async (file: string, flags: VerifyFlags) => {
      onStop(() => stop.abort(new Error("told to stop")), false);
      const { verifyCommand } = await import("./verifyCommand.ts");
      await verifyCommand(file, flags, { progress, signal: stop.signal });
    });
}

function isUrl(place: string): boolean {
  return /^https?:\/\//.test(place);
}
