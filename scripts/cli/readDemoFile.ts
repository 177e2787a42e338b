import { readFile } from "node:fs/promises";
import type { DemoFile } from "#protocol/config.ts";
import { demoFileSchema } from "#protocol/config.ts";
import { folders } from "../start/context.ts";

/** What the running demo says about itself; undefined when none runs in this folder. */
export async function readDemoFile(): Promise<DemoFile | undefined> {
  try {
    return demoFileSchema.parse(JSON.parse(await readFile(folders.demoFile, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
