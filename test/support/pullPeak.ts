import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/tool/root.ts";
import { run } from "../../scripts/tool/run.ts";
import { manifestFileOf } from "./manifestFileOf.ts";
import { writeNoise } from "./noiseFile.ts";

/** Has `pull` fetch a file of so many bytes from a server here. Returns the megabytes that its process held at most. */
export async function pullPeak(bytes: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "coindrop-peak-"));
  const path = join(folder, "source");
  const server = createServer((request, response) => {
    const [, from = "0", to = String(bytes - 1)] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const [start, end] = [Number(from), Number(to)];
    response.writeHead(206, {
      "Content-Range": `bytes ${start}-${end}/${bytes}`,
      "Content-Length": String(end - start + 1),
    });
    createReadStream(path, { start, end }).pipe(response);
  });
  try {
    writeNoise(path, bytes);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/noise.gguf`;
    const file = await manifestFileOf(createReadStream(path, { highWaterMark: 1_048_576 }), { urls: [url] });
    const draft = JSON.parse(await readFile(join(root, "scripts/demo/entries/sums.json"), "utf8")) as object;
    const [manifest, peak, store] = ["entry.json", "peak", "store"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(manifest, JSON.stringify({ version: 1, ...draft, files: [file] }));
    const hook = `import fs from "node:fs"; process.on("exit", () => fs.writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)));`;
    const args = [
      "inference-node/main.ts",
      "pull",
      "--manifest",
      manifest,
      "--store",
      store,
      "--allow-private",
      "--json",
    ];
    const { code, output } = await run("--import", [`data:text/javascript,${encodeURIComponent(hook)}`, ...args], {
      output: "keep",
      env: { OLLAMA_MODELS: folder },
    });
    const pulled = await stat(join(store, `${file.sha256}.gguf`)).catch(() => null);
    if (code !== 0 || pulled?.size !== bytes) throw new Error(`pull ended with ${code}: ${output}`);
    // Kibibytes, the same as VmHWM.
    return Math.round((Number(await readFile(peak, "utf8")) * 1_024) / 1e6);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
