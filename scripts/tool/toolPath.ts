/** Where an installed tool's program lies, so that Node can run it itself, without a shell, on every system. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { root } from "./root.ts";

const Manifest = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) });

/** Path of the program `bin` of the package, by default the one named like it. Throws when the package has none. */
export function toolPath(packageName: string, bin: string = packageName): string {
  const folder = join(root, "node_modules", packageName);
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  const file = typeof manifest.bin === "string" ? manifest.bin : manifest.bin[bin];
  if (file === undefined) throw new Error(`the package ${packageName} has no program "${bin}"`);
  return join(folder, file);
}
