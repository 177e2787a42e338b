import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

const demoSchema = z.object({
  rpcUrl: z.string(),
  contest: z.string(),
  indexerUrl: z.string(),
  factory: z.string().optional(),
  nodeRegistry: z.string().optional(),
});
export type RunningDemo = z.infer<typeof demoSchema>;

/** Where the demo that runs in this folder can be audited; undefined when none runs. */
export async function runningDemo(): Promise<RunningDemo | undefined> {
  const state = process.env.COINDROP_STATE ?? path.join(import.meta.dirname, "..", "..", ".coindrop");
  try {
    return demoSchema.parse(JSON.parse(await readFile(path.join(state, "demo.json"), "utf8")));
  } catch {
    return undefined;
  }
}
