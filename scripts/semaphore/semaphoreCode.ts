import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Address, Hex } from "viem";
import { encodeDeployData } from "viem";
import { z } from "zod";
import { root } from "../tool/root.ts";

const Artifact = z.object({
  bytecode: z.string(),
  linkReferences: z.record(
    z.string(),
    z.record(z.string(), z.array(z.object({ start: z.number(), length: z.number() }))),
  ),
});

const CONSTRUCTOR = [{ type: "constructor", inputs: [{ type: "address" }], stateMutability: "nonpayable" }] as const;

/**
 * Puts Semaphore v4 on a chain that has none: its verifier, its hash, and itself linked to both. `put` sends creation
 * code and returns where it landed. Where Semaphore's own deployment exists, use that one.
 */
export async function putSemaphore(put: (code: Hex) => Promise<Address>): Promise<Address> {
  const verifier = await put(await compiledCode("@semaphore-protocol/contracts/base/SemaphoreVerifier.sol"));
  const poseidon = await put(await compiledCode("poseidon-solidity/PoseidonT3.sol"));
  const bytecode = await compiledCode("@semaphore-protocol/contracts/Semaphore.sol", { PoseidonT3: poseidon });
  return put(encodeDeployData({ abi: CONSTRUCTOR, bytecode, args: [verifier] }));
}

/** Creation code of a compiled source's contract, with its libraries' addresses in the places kept for them. */
export async function compiledCode(source: string, libraries: Readonly<Record<string, Address>> = {}): Promise<Hex> {
  const file = path.join(root, "artifacts", source, `${path.basename(source, ".sol")}.json`);
  const { bytecode, linkReferences } = Artifact.parse(JSON.parse(await readFile(file, "utf8")));
  const places = Object.values(linkReferences).flatMap((contracts) => Object.entries(contracts));
  const digits = places.reduce((code, [name, references]) => {
    const library = libraries[name];
    if (library === undefined) throw new RangeError(`${source} wants a library ${name}`);
    return references.reduce((text, { start, length }) => {
      const from = 2 + start * 2;
      return text.slice(0, from) + library.slice(2).toLowerCase() + text.slice(from + length * 2);
    }, code);
  }, bytecode);
  return digits as Hex;
}
