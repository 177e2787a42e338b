import path from "node:path";
import { root } from "../tool/root.ts";

const folder = path.join(root, "node_modules", "@zk-kit", "semaphore-artifacts");

/** The circuit and the key that Semaphore proofs of one depth (1 to 32) are made with, as files of this machine. */
export function snarkFiles(depth: number): { readonly wasm: string; readonly zkey: string } {
  const file = (ending: string) => path.join(folder, `semaphore-${depth}.${ending}`);
  return { wasm: file("wasm"), zkey: file("zkey") };
}
