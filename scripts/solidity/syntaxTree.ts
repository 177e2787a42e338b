/** The compiler's syntax trees. */

import { createRequire } from "node:module";
import { z } from "zod";
import { readContract } from "./compileContracts.ts";

const require = createRequire(import.meta.url);

/** `src`: first byte, length in bytes and number of the file, with colons between. */
export type Node = { readonly nodeType: string; readonly src: string; readonly [key: string]: unknown };
const Output = z.object({ sources: z.record(z.string(), z.object({ ast: z.unknown() })) });

/** Trees of the files and of all that they import, by path. `read`: text of a file. */
export function syntaxTrees(
  files: readonly string[],
  read: (file: string) => string = readContract,
): ReadonlyMap<string, Node> {
  const solc = require("solc");
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(files.map((file) => [file, { content: read(file) }])),
    settings: { outputSelection: { "*": { "": ["ast"] } } },
  };
  const findImport = (name: string) => ({ contents: read(name) });
  const { sources } = Output.parse(JSON.parse(solc.compile(JSON.stringify(input), { import: findImport })));
  return new Map(Object.entries(sources).flatMap(([name, { ast }]) => (isNode(ast) ? [[name, ast]] : [])));
}

/** Nodes right below; none of assembly, whose tree has other words. */
export function childrenOf(node: Node): readonly Node[] {
  if (node.nodeType === "InlineAssembly") return [];
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

export function isNode(value: unknown): value is Node {
  return value !== null && typeof value === "object" && "nodeType" in value && "src" in value;
}
