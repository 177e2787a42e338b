import type { Command } from "commander";

export const usualCodes = "0 done; 1 refused or failed, with the reason on standard error";

/** Ends a command's help with how it is called and what its exit codes say, and gives it `--json`. */
export function explain(
  command: Command,
  { examples, codes = usualCodes }: { readonly examples: readonly string[]; readonly codes?: string },
): Command {
  const lines = examples.map((example) => `  npm run node -- ${example}`);
  return command
    .option("--json", "say the outcome as one line of JSON")
    .addHelpText("after", ["", "Example:", ...lines, "", `Exit code: ${codes}.`].join("\n"));
}
