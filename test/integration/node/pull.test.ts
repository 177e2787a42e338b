import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Manifest, ManifestFile } from "#protocol/manifest.ts";
import { createMirrors } from "../../support/hostileMirrors.ts";
import { manifestFileOf } from "../../support/manifestFileOf.ts";
import { root } from "../../support/realHouse.ts";
import { until } from "../../support/until.ts";
import { readDraft, startNode, type TestNode, writeEntry } from "./startNode.ts";

const MiB = 1_048_576;
const bytes = randomBytes(8 * MiB + 12_345);
let file: ManifestFile;
let mirrors: Awaited<ReturnType<typeof createMirrors>>;
let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  file = await manifestFileOf(bytes, { name: "big.gguf" });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-pull-"));
  mirrors = await createMirrors(bytes);
  return async () => {
    await mirrors.close();
    await rm(folder, { recursive: true, force: true });
  };
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

const store = () => join(folder, "store");
const stored = () => join(store(), `${file.sha256}.gguf`);

async function writeManifest(urls: string[], more: Partial<ManifestFile> = {}): Promise<string> {
  const path = join(folder, "entry.json");
  const files = [{ ...file, urls, ...more }];
  await writeFile(path, JSON.stringify({ version: 1, ...(await readDraft("sums")), files }));
  return path;
}

function node(args: readonly string[], before = ""): { child: ChildProcess; ended: Promise<Ended> } {
  const command = `${before} exec "$0" inference-node/main.ts "$@"`;
  const env = { ...process.env, OLLAMA_MODELS: folder };
  const child = spawn("sh", ["-c", command, process.execPath, ...args], { cwd: root, env });
  children.push(child);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (piece) => (stdout += String(piece)));
  child.stderr.on("data", (piece) => (stderr += String(piece)));
  const ended = new Promise<Ended>((done) => child.once("close", (code) => done({ code, stdout, stderr })));
  return { child, ended };
}
type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

const pull = (manifest: string, ...more: string[]) =>
  node(["pull", "--manifest", manifest, "--store", store(), "--allow-private", "--json", ...more]);

describe("npm run node -- pull", () => {
  test("killed outright goes on with the pieces that it had, and leaves no half file under the final name", async () => {
    // Sends two and a half pieces, then nothing.
    mirrors.own["stuck"] = (all, at, response) => {
      response.writeHead(206, {
        "Content-Range": `bytes ${at.start}-${at.end - 1}/${all.length}`,
        "Content-Length": String(at.end - at.start),
      });
      response.write(all.subarray(0, 2.5 * MiB));
    };
    const manifest = await writeManifest([`${mirrors.base}/stuck`]);
    const first = pull(manifest);
    const written = async () => (await stat(`${stored()}.part`).catch(() => null))?.size ?? 0;
    await until("two pieces and a half", async () => (await written()) >= 2.5 * MiB);
    first.child.kill("SIGKILL");
    await first.ended;
    expect(await readdir(store())).not.toContain(`${file.sha256}.gguf`);

    await writeManifest([mirrors.url("honest")]);
    const { code, stdout } = await pull(manifest).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: [{ role: "model", path: stored(), size: bytes.length }] });
    expect((await readFile(stored())).equals(bytes)).toBe(true);
    expect(mirrors.asked.filter(({ path }) => path === "honest")).toEqual([
      { path: "honest", start: 2 * MiB, end: bytes.length },
    ]);
    expect(await readdir(store())).toEqual([`${file.sha256}.gguf`]);

    const verified = await node(["verify", stored(), "--manifest", manifest]).ended;
    expect(verified).toMatchObject({ code: 1, stderr: expect.stringContaining("it is no GGUF file") });
  });

  test("finds the disk full in the middle, says so, keeps what is verified, and goes on later", async () => {
    const manifest = await writeManifest([mirrors.url("honest")]);
    // A limit on the size of files, in blocks of 512 or 1,024 bytes: 3 or 6 MiB.
    const args = ["pull", "--manifest", manifest, "--store", store(), "--allow-private"];
    const { code, stderr } = await node(args, "ulimit -f 6144;").ended;
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("The disk became full while") });
    expect(stderr).toMatch(/kept, because verified: (2097152|3145728|5242880|6291456) bytes/);
    expect((await pull(manifest).ended).code).toBe(0);
    expect(mirrors.asked.at(-1)?.start).toBeGreaterThanOrEqual(2 * MiB);
    expect((await readFile(stored())).equals(bytes)).toBe(true);
  });

  test("says by its exit code whether trying again may help", async () => {
    const away = await pull(await writeManifest([mirrors.url("absent")])).ended;
    expect(away).toMatchObject({ code: 2, stderr: expect.stringContaining("answers 404") });
    const other = "11".repeat(32);
    const lie = await pull(await writeManifest([mirrors.url("honest")], { piecesRoot: other })).ended;
    expect(lie).toMatchObject({ code: 1, stderr: expect.stringContaining("are not those of its pieces root") });
    const bare = await node(["pull"]).ended;
    expect(bare).toMatchObject({ code: 1, stderr: expect.stringContaining("Which entry?") });
    const inward = ["pull", "--manifest", await writeManifest([mirrors.url("honest")]), "--store", store()];
    expect(await node(inward).ended).toMatchObject({ code: 2, stderr: expect.stringContaining("is not https") });
    const help = await node(["pull", "--help"]).ended;
    expect(help.stdout).toContain("Exit code: 0");
  });
});

describe("a node's verified models", () => {
  let serving: TestNode;
  let manifest: Manifest;
  const start = async (more: Parameters<typeof startNode>[1]) =>
    await startNode(async (at) => {
      const written = await writeEntry(at, "sums", 1);
      manifest = written.manifest;
      return [written.facts];
    }, more);
  const url = () => `${serving.url}/models/${manifest.files[0]?.sha256}`;
  const isServed = () => until("the model", async () => (await fetch(`${serving.url}/ready`)).ok);

  test("go to another node that pulls, slowly if the operator says so", async () => {
    serving = await start({ serveModels: true, serveRate: 1 });
    try {
      await isServed();
      const path = join(folder, "entry.json");
      await writeFile(path, JSON.stringify(manifest));
      const began = performance.now();
      const { code, stderr } = await pull(path, "--from", serving.url).ended;
      expect({ code, stderr }).toMatchObject({ code: 0 });
      // 1.1 MB at 1 MB a second; the first chunks are free.
      expect(performance.now() - began).toBeGreaterThan(900);
      const [model] = await readdir(store());
      const verified = await node(["verify", join(store(), model ?? ""), "--manifest", path, "--json"]).ended;
      expect(JSON.parse(verified.stdout)).toMatchObject({ verified: true, sha256: manifest.files[0]?.sha256 });
    } finally {
      await serving.close();
    }
  });

  test("stay at home unless the operator hands them out", async () => {
    serving = await start({ serveModels: false });
    try {
      await isServed();
      const answer = await fetch(url());
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain("does not hand out its models");
    } finally {
      await serving.close();
    }
  });
});
