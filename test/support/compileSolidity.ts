import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Abi, Hex } from "viem";
import { z } from "zod";
import { root } from "../../scripts/tool/root.ts";

const require = createRequire(import.meta.url);

const Output = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).optional(),
  contracts: z.record(
    z.string(),
    z.record(z.string(), z.object({ abi: z.any(), evm: z.object({ bytecode: z.object({ object: z.string() }) }) })),
  ),
});

/**
 * Compiles one small contract that is no part of the product, with the settings of hardhat.config.ts.
 * `file`: relative to test/support.
 */
export function compileSolidity(file: string, contract: string): { abi: Abi; bytecode: Hex } {
  const solc = require("solc");
  const unit = `test/support/${file}`;
  const input = {
    language: "Solidity",
    sources: { [unit]: { content: readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8") } },
    settings: {
      viaIR: true,
      optimizer: { enabled: true, runs: 200 },
      evmVersion: "osaka",
      outputSelection: { "*": { [contract]: ["abi", "evm.bytecode.object"] } },
    },
  };
  const findImport = (path: string) => {
    const ours = /^(contracts|test)\//.test(path);
    return { contents: readFileSync(ours ? join(root, path) : require.resolve(path), "utf8") };
  };
  const output = Output.parse(JSON.parse(solc.compile(JSON.stringify(input), { import: findImport })));
  const failure = output.errors?.find((error) => error.severity === "error");
  if (failure !== undefined) throw new Error(failure.formattedMessage);
  const made = output.contracts[unit]?.[contract];
  if (made === undefined) throw new Error(`${file} has no contract ${contract}`);
  return { abi: made.abi, bytecode: `0x${made.evm.bytecode.object}` };
}
