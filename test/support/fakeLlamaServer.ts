import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a program that is to a node's process like a llama-server that has loaded its model. `megabytes`: what it holds. */
export function fakeLlamaServer(
  folder: string,
  megabytes: number,
): { readonly binary: string; readonly pidFile: string } {
  const [binary, pidFile] = [join(folder, "llama-server"), join(folder, "llama-server.pid")];
  const script = `#!${process.execPath}
const held = Buffer.alloc(${megabytes} * 2 ** 20, 1);
const port = Number(process.argv[process.argv.indexOf("--port") + 1]);
require("node:http").createServer((_request, response) => response.end(String(held.length))).listen(port, "127.0.0.1");
require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
`;
  writeFileSync(binary, script);
  chmodSync(binary, 0o755);
  return { binary, pidFile };
}
