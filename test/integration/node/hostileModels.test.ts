import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GenerationJob } from "../../../inference-node/engine/childProtocol.ts";
import { createModelRunner } from "../../../inference-node/engine/modelRunner.ts";
import { isAlive } from "./processes.ts";

const sums = new URL("../../../scripts/demo/models/sums.gguf", import.meta.url);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-hostile-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const job: GenerationJob = {
  messages: [{ role: "user", content: "What is 17 plus 5?" }],
  sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, seed: 1 },
  maxTokens: null,
  stop: [],
  format: null,
};

/** The sums model with a chat template of the same length in the place of its own. */
async function withTemplate(template: string): Promise<string> {
  const bytes = await readFile(sums);
  const begin = bytes.indexOf("{{- bos_token -}}");
  const end = bytes.indexOf("{%- endif -%}", bytes.lastIndexOf("add_generation_prompt")) + "{%- endif -%}".length;
  expect(template.length).toBeLessThanOrEqual(end - begin);
  bytes.write(template.padEnd(end - begin), begin, "utf8");
  const path = join(folder, `${crypto.randomUUID()}.gguf`);
  await writeFile(path, bytes);
  return path;
}

const runnerOf = (modelPath: string, limits = { loadMs: 4_000, stallMs: 3_000, cancelMs: 1_000 }) =>
  createModelRunner({
    load: { modelPath, contextSize: 512, batchSize: 512, threads: 1, gpu: false },
    limits,
    maxWaiting: 4,
    restartMs: 60_000,
  });
const ask = async (runner: ReturnType<typeof runnerOf>, signal = AbortSignal.timeout(30_000), wanted = job) => {
  let text = "";
  const hear = (piece: string) => {
    text += piece;
  };
  const answered = await runner.generate(wanted, { onPrompt: () => undefined, onText: hear }, signal);
  return { ...answered, text };
};

describe("a hostile model file", () => {
  test("whose chat template never ends is killed while loading, and nothing else suffers", async () => {
    const forever =
      "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% for d in range(9999) %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}";
    const hostile = runnerOf(await withTemplate(forever));
    const honest = runnerOf(sums.pathname, { loadMs: 30_000, stallMs: 30_000, cancelMs: 1_000 });
    const waking = hostile.wake().catch((error: unknown) => error);
    const pid = hostile.pid();
    expect((await ask(honest)).text).toBe("17 plus 5 is 22.");
    expect(await waking).toMatchObject({ code: "load_timeout" });
    expect(pid !== undefined && isAlive(pid)).toBe(false);
    await Promise.all([hostile.close(), honest.close()]);
  });

  test("whose chat template is broken is refused, not answered with another one", async () => {
    const runner = runnerOf(await withTemplate("{% for m in messages %}{{ m['content'] }"), {
      loadMs: 30_000,
      stallMs: 30_000,
      cancelMs: 1_000,
    });
    await expect(runner.wake()).rejects.toMatchObject({ code: "load_failed" });
    await runner.close();
  });

  test("cut short ends its own process only", async () => {
    const path = join(folder, "cut.gguf");
    await writeFile(path, (await readFile(sums)).subarray(0, 700_000));
    const runner = runnerOf(path, { loadMs: 30_000, stallMs: 30_000, cancelMs: 1_000 });
    await expect(runner.wake()).rejects.toMatchObject({ name: "EngineError" });
    await runner.close();
  });
});

describe("an honest model", () => {
  test("stops when it is told to, long before its answer is over", async () => {
    const bedtime = new URL("../../../scripts/demo/models/bedtime.gguf", import.meta.url).pathname;
    const runner = runnerOf(bedtime, { loadMs: 30_000, stallMs: 30_000, cancelMs: 5_000 });
    const long: GenerationJob = { ...job, messages: [{ role: "user", content: "a story about a bear named Ida" }] };
    const whole = await ask(runner, undefined, long);
    const stop = new AbortController();
    const cut = await runner.generate(
      long,
      { onPrompt: () => undefined, onText: () => stop.abort() },
      AbortSignal.any([stop.signal]),
    );
    expect(cut.finish).toBe("cancelled");
    expect(cut.tokens.length).toBeLessThan(whole.tokens.length / 2);
    expect((await ask(runner, undefined, long)).text).toBe(whole.text);
    await runner.close();
  });

  test("ends where its context ends, instead of forgetting the beginning", async () => {
    const runner = runnerOf(sums.pathname, { loadMs: 30_000, stallMs: 30_000, cancelMs: 5_000 });
    const endless = "root ::= part part part part\npart ::= [a-z]{1900}";
    let prompt = 0;
    const answered = await runner.generate(
      { ...job, maxTokens: 100_000, format: { type: "gbnf", grammar: endless } },
      {
        onPrompt: (tokens) => {
          prompt = tokens.length;
        },
        onText: () => undefined,
      },
      AbortSignal.timeout(60_000),
    );
    expect(answered.finish).toBe("length");
    expect(prompt + answered.tokens.length).toBe(512);
    await runner.close();
  });

  test("answers within a grammar", async () => {
    const runner = runnerOf(sums.pathname, { loadMs: 30_000, stallMs: 30_000, cancelMs: 5_000 });
    const constrained: GenerationJob = { ...job, format: { type: "gbnf", grammar: 'root ::= "yes" | "no"' } };
    expect(["yes", "no"]).toContain((await ask(runner, undefined, constrained)).text);
    const schema = { type: "object", properties: { sum: { type: "integer" } }, required: ["sum"] };
    const json = await ask(runner, undefined, { ...job, maxTokens: 200, format: { type: "json_schema", schema } });
    expect(JSON.parse(json.text)).toEqual({ sum: expect.any(Number) });
    await expect(
      ask(runner, undefined, { ...job, format: { type: "gbnf", grammar: "root ::= (" } }),
    ).rejects.toMatchObject({
      code: "bad_format",
    });
    expect((await ask(runner)).text).toBe("17 plus 5 is 22.");
    await runner.close();
  });
});
