import { randomBytes } from "node:crypto";
import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ManifestFile } from "#protocol/manifest.ts";
import { mirrorsOf } from "../../../inference-node/models/mirror.ts";
import { identityOf, provePieces } from "../../../inference-node/models/pieceMap.ts";
import { type Dropped, type PullOptions, pullFile } from "../../../inference-node/models/pullFile.ts";
import { type ConductName, createMirrors } from "../../support/hostileMirrors.ts";
import { manifestFileOf } from "../../support/manifestFileOf.ts";

const MiB = 1_048_576;
/** Nine pieces, the last one short. */
const bytes = randomBytes(8 * MiB + 12_345);
let file: ManifestFile;
let mirrors: Awaited<ReturnType<typeof createMirrors>>;
let folder: string;
let path: string;
let dropped: Dropped[];

beforeAll(async () => {
  file = await manifestFileOf(bytes);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-pull-"));
  path = join(folder, "m.gguf");
  dropped = [];
  mirrors = await createMirrors(bytes);
  return async () => {
    await mirrors.close();
    await rm(folder, { recursive: true, force: true });
  };
});

const pull = async (
  urls: readonly string[],
  { stallMs = 20_000, ...more }: Partial<PullOptions & { stallMs: number }> = {},
) =>
  await pullFile(path, {
    name: "m.gguf",
    map: provePieces(file),
    identity: identityOf(file),
    mirrors: mirrorsOf(
      { ...file, urls: [...urls] },
      { allowPrivate: true, stallMs, nodes: [], files: [], blobFolders: [] },
    ),
    signal: AbortSignal.timeout(25_000),
    limits: { retries: 1, retryMs: 10, overtakeMs: 20_000 },
    onDropped: (drop) => dropped.push(drop),
    ...more,
  });
/** Buffers of megabytes are compared at once: `toEqual` would look at each byte. */
const isWhole = async () => (await readFile(path)).equals(bytes);
const of = (...names: ConductName[]) => names.map(mirrors.url);
const askedOf = (name: string) => mirrors.asked.filter((asked) => asked.path === name);

describe("a pull", () => {
  test("takes from several mirrors at once, and leaves the file and nothing else", async () => {
    mirrors.own["second"] = (all, at, response) => {
      response.writeHead(206, { "Content-Range": `bytes ${at.start}-${at.end - 1}/${all.length}` });
      response.end(all.subarray(at.start, at.end));
    };
    const { untouched } = await pull([...of("honest"), `${mirrors.base}/second`]);
    expect(await isWhole()).toBe(true);
    expect(await readdir(folder)).toEqual(["m.gguf"]);
    expect(await untouched()).toBe(true);
    expect(dropped).toEqual([]);
    expect([askedOf("honest").length, askedOf("second").length].every((times) => times >= 1)).toBe(true);
    expect(askedOf("second")[0]?.start).toBeGreaterThan(0);
  });

  test.each([
    ["lying", "sends wrong bytes: piece 1 of 9"],
    ["truncating", "ends after 700000 bytes"],
    ["torn", "broke off after"],
    ["silent", "broke off after 9 bytes"],
    ["wrongLength", "announces 1000000000000 bytes"],
    ["wrongRange", "was asked for"],
    ["endless", "sends wrong bytes: piece 0 of 9"],
    ["looping", "redirects more than 5 times"],
    ["zipped", "answers compressed (gzip)"],
    ["inward", "is not https"],
    ["absent", "answers 404"],
    ["busy", "answers 503"],
  ] as const)("drops a mirror that is %s and takes the rest from another", async (conduct, reason) => {
    // The honest one knows no ranges and begins late: the other has its chance.
    mirrors.own["late"] = (all, _at, response) => {
      setTimeout(() => response.writeHead(200, { "Content-Length": String(all.length) }).end(all), 100);
    };
    const stallMs = conduct === "silent" ? 300 : 20_000;
    await expect(pull(of(conduct), { stallMs })).rejects.toThrow(reason);
    expect(await readdir(folder)).not.toContain("m.gguf");
    await pull([...of(conduct), `${mirrors.base}/late`], { stallMs: 5_000, limits: { retries: 0, overtakeMs: 300 } });
    expect(await isWhole()).toBe(true);
  });

  test("asks a mirror nothing more after its first wrong piece, and keeps what it had right", async () => {
    await expect(pull(of("lying"))).rejects.toThrow(`verified and kept: ${MiB} of ${bytes.length} bytes`);
    expect(askedOf("lying")).toHaveLength(1);
    expect(dropped).toEqual([{ mirror: mirrors.url("lying"), reason: expect.stringContaining("piece 1 of 9") }]);
    await pull(of("honest"));
    expect(askedOf("honest")).toEqual([{ path: "honest", start: MiB, end: bytes.length }]);
    expect(await isWhole()).toBe(true);
  });

  test("works with servers that know no ranges, also from the middle on", async () => {
    await expect(pull(of("lying"))).rejects.toThrow("could not be had");
    await pull(of("rangeless"));
    expect(await isWhole()).toBe(true);
    expect(dropped).toHaveLength(1);
  });

  test("takes a slow mirror's piece over, and waits for it when there is no other", async () => {
    await pull(of("dripping", "honest"), { limits: { overtakeMs: 300 } });
    expect(await isWhole()).toBe(true);
    expect(dropped).toEqual([{ mirror: mirrors.url("dripping"), reason: expect.stringContaining("much slower") }]);
    await rm(path);
    await expect(
      pull(of("dripping"), { limits: { pieceMs: 300, leastRate: MiB, retries: 1, retryMs: 10 } }),
    ).rejects.toThrow("for a piece");
    expect(await readdir(folder)).not.toContain("m.gguf");
  });

  test("goes on where a connection broke, as often as it brought a piece", async () => {
    mirrors.own["wobbly"] = (all, at, response) => {
      const end = Math.min(at.end, at.start + 1.5 * MiB);
      response.writeHead(206, {
        "Content-Range": `bytes ${at.start}-${at.end - 1}/${all.length}`,
        "Content-Length": String(at.end - at.start),
      });
      if (end === at.end) response.end(all.subarray(at.start, end));
      else response.write(all.subarray(at.start, end), () => setTimeout(() => response.destroy(), 50));
    };
    await pull([`${mirrors.base}/wobbly`], { limits: { retries: 3, retryMs: 10 } });
    expect(await isWhole()).toBe(true);
    const starts = askedOf("wobbly").map(({ start }) => start / MiB);
    expect(new Set(starts)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    expect(starts).toEqual(starts.toSorted());
  });

  test("believes no note of pieces that the disk does not bear out", async () => {
    await expect(pull(of("lying"))).rejects.toThrow("kept: 1048576");
    const part = await open(`${path}.part`, "r+");
    await part.write(Buffer.from("rot"), 0, 3, 100);
    await part.close();
    await pull(of("honest"));
    expect(askedOf("honest")[0]?.start).toBe(0);
    expect(await isWhole()).toBe(true);
  });

  test("starts over from a broken note, and cuts a part file that is too long", async () => {
    await writeFile(`${path}.pieces`, "no database");
    await writeFile(`${path}.part`, Buffer.alloc(bytes.length + 5));
    await pull(of("honest"));
    expect(await isWhole()).toBe(true);
  });

  test("is refused with figures when the disk is too small for it", async () => {
    const size = 2 ** 52;
    const map = { size, pieceLength: 2 ** 41, count: 2_048, layer: [] };
    const tooBig = pull(of("honest"), { map, identity: { ...identityOf(file), modelSize: size } });
    await expect(tooBig).rejects.toThrow("There is no room for m.gguf");
    await expect(tooBig).rejects.toThrow(/free in .*: \d+ bytes\n {2}still needed: 4503599627370496 bytes/);
    expect(mirrors.asked).toEqual([]);
  });

  test("ends when it is told to, and goes on later", async () => {
    const stop = new AbortController();
    const pulling = pull(of("silent"), { signal: stop.signal, limits: { retries: 100, retryMs: 10 } });
    stop.abort(new Error("told to stop"));
    await expect(pulling).rejects.toThrow("told to stop");
    await pull(of("honest"));
  });
});
