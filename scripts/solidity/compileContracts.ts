/** Compiles contracts with some texts exchanged, plainly and in memory. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { z } from "zod";
import { root } from "../tool/root.ts";

const require = createRequire(import.meta.url);

/** What tests deploy by name, and so what must be compiled anew when a file below it changes. */
const ROOTS = [
  ["contracts/ContestFactory.sol", "ContestFactory"],
  ["contracts/nodes/NodeRegistry.sol", "NodeRegistry"],
  ["contracts/arbitration/PanelArbitrator.sol", "PanelArbitrator"],
  ["contracts/arbitration/KlerosArbitrator.sol", "KlerosArbitrator"],
  ["contracts/personhood/AttestedPersonhood.sol", "AttestedPersonhood"],
  ["contracts/personhood/HumanityPersonhood.sol", "HumanityPersonhood"],
  ["contracts/personhood/SemaphorePersonhood.sol", "SemaphorePersonhood"],
  ["contracts/demo/DemoCoin.sol", "DemoCoin"],
] as const;

const Code = z.object({ object: z.string() });
const Output = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).optional(),
  contracts: z
    .record(z.string(), z.record(z.string(), z.object({ evm: z.object({ bytecode: Code, deployedBytecode: Code }) })))
    .optional(),
});

export type Compiled = { readonly name: string; readonly bytecode: string; readonly deployedBytecode: string };

/**
 * Compiles what stands on `sources`, or all when there are none; without the optimizer, which takes ten times as long and
 * changes no behaviour. Returns the compiler's words when it refuses.
 */
export function compileContracts(sources: Readonly<Record<string, string>>): readonly Compiled[] | string {
  const solc = require("solc");
  const read = (file: string) => sources[file] ?? readContract(file);
  const changed = Object.keys(sources);
  const roots = ROOTS.filter(([file]) => changed.length === 0 || reaches(file, changed, read));
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(roots.map(([file]) => [file, { content: read(file) }])),
    settings: {
      evmVersion: "osaka",
      outputSelection: Object.fromEntries(
        roots.map(([file, name]) => [file, { [name]: ["evm.bytecode.object", "evm.deployedBytecode.object"] }]),
      ),
    },
  };
  const findImport = (file: string) => {
    try {
      return { contents: read(file) };
    } catch (error) {
      return { error: String(error) };
    }
  };
  const output = Output.parse(JSON.parse(solc.compile(JSON.stringify(input), { import: findImport })));
  const refusal = output.errors?.find(({ severity }) => severity === "error");
  if (refusal !== undefined) return refusal.formattedMessage;
  return roots.flatMap(([file, name]) => {
    const evm = output.contracts?.[file]?.[name]?.evm;
    if (evm === undefined) return [];
    return [{ name, bytecode: `0x${evm.bytecode.object}`, deployedBytecode: `0x${evm.deployedBytecode.object}` }];
  });
}

/** Whether `file` is one of `targets` or imports one, however far down. */
function reaches(
  file: string,
  targets: readonly string[],
  read: (file: string) => string,
  seen: Set<string> = new Set(),
): boolean {
  if (targets.includes(file)) return true;
  if (seen.has(file) || !file.startsWith("contracts/")) return false;
  seen.add(file);
  return [...read(file).matchAll(/from "(\.[^"]+)"/g)].some(([, to = ""]) =>
    reaches(posix.join(posix.dirname(file), to), targets, read, seen),
  );
}

/** Text of a contract of the house, or of a package. */
export function readContract(file: string): string {
  return readFileSync(fileOf(file), "utf8");
}

function fileOf(file: string): string {
  return file.startsWith("contracts/") ? join(root, file) : require.resolve(file);
}
