import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entryDraftSchema } from "#protocol/manifest.ts";
import { runScript } from "../../support/runScript.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-modelfile-"));
  await cp(new URL("../../../scripts/demo/models/haiku.gguf", import.meta.url), join(folder, "haiku.gguf"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

test("a Modelfile becomes a draft that lacks only words, and goes back; nothing is written over", async () => {
  const text =
    'FROM ./haiku.gguf\nSYSTEM Short lines.\nPARAMETER temperature 0\nPARAMETER stop "END"\nLICENSE CC0-1.0\n';
  await writeFile(at("Modelfile"), text);
  const made = await runScript("inference-node/main.ts", ["import", at("Modelfile"), "--out", folder, "--json"]);
  expect(JSON.parse(made.output)).toEqual({
    entry: at("entry.json"),
    model: at("haiku.gguf"),
    adapters: [],
    missing: ["tagline", "team", "funding"],
    notes: [],
  });
  const draft = JSON.parse(await readFile(at("entry.json"), "utf8"));
  expect(draft).toMatchObject({ name: "haiku", parameters: 1_026_944, quantization: "Q8_0", contextLength: 512 });

  const again = await runScript("inference-node/main.ts", ["import", at("Modelfile"), "--out", folder]);
  expect([again.code, again.output]).toEqual([1, expect.stringContaining("entry.json exists already")]);

  const whole = entryDraftSchema.parse({ ...draft, tagline: "Lines", team: "One person", funding: "None" });
  await writeFile(at("whole.json"), JSON.stringify(whole));
  const back = await runScript("scripts/entry.ts", ["export", at("whole.json"), "--from", "./haiku.gguf"]);
  expect(back.output.split("\n")).toEqual(
    expect.arrayContaining([
      "FROM ./haiku.gguf",
      "PARAMETER temperature 0",
      "PARAMETER stop END",
      "SYSTEM Short lines.",
    ]),
  );
});

test("FROM a name of Ollama's says how to find the file; what is no model file is refused", async () => {
  await writeFile(at("Named"), "FROM llama3.2\n");
  const named = await runScript("inference-node/main.ts", ["import", at("Named"), "--out", at("named")]);
  expect([named.code, named.output]).toEqual([0, expect.stringContaining("ollama show --modelfile llama3.2")]);
  await writeFile(at("noise.gguf"), "noise ".repeat(20));
  await writeFile(at("Noise"), "FROM noise.gguf\n");
  const noise = await runScript("inference-node/main.ts", ["import", at("Noise"), "--out", at("noise")]);
  expect([noise.code, noise.output]).toEqual([1, expect.stringContaining("it is no GGUF file")]);
});
