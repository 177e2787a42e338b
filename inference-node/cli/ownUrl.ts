import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInputError } from "#protocol/errors.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { stateFolderOf } from "./nodeConfig.ts";

const fileIn = (config: NodeConfig): string => join(stateFolderOf(config), "url");

/** Notes where a node listens, for commands beside it: a port of 0 says nothing. Returns what takes it back. */
export async function noteUrl(config: NodeConfig, url: string): Promise<() => Promise<void>> {
  await writeFile(fileIn(config), `${url}\n`);
  return () => rm(fileIn(config), { force: true });
}

/**
 * Where the configured node is asked on this machine: where it says that it listens, else where the configuration does.
 *
 * Throws `InvalidInputError` where the port is any free one and no node runs.
 */
export async function ownUrl(config: NodeConfig): Promise<string> {
  const noted = await readFile(fileIn(config), "utf8").catch(() => "");
  if (URL.canParse(noted.trim())) return reachable(noted.trim());
  const { host, port, tls } = config;
  if (port === 0) {
    throw new InvalidInputError("No node of this configuration runs, and its port is any free one.", {
      metaMessages: [`looked for: ${fileIn(config)}`, "Start it with `npm run node -- serve`, or give its URL."],
    });
  }
  return reachable(`${tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`);
}

/** An address that listens everywhere is reached at loopback. */
function reachable(listens: string): string {
  return listens.replace(/^(https?:\/\/)(0\.0\.0\.0|\[::\])/, "$1127.0.0.1");
}
