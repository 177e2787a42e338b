import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { bareHex } from "#protocol/hashing.ts";
import { runScript } from "../../support/runScript.ts";
import { until } from "../../support/until.ts";
import { modelProcessesOf } from "./processes.ts";
import { contest, startNode, type TestNode, writeEntry } from "./startNode.ts";

let node: TestNode | undefined;
afterEach(async () => {
  await node?.close();
  node = undefined;
});

type Started = Awaited<ReturnType<typeof writeEntry>>;
type Ready = { ready: boolean; entries: { id: string; state: string; detail: string | null }[] };

const readiness = async (of: TestNode): Promise<Ready> => (await (await fetch(`${of.url}/ready`)).json()) as Ready;
const post = (of: TestNode, body: unknown, signal?: AbortSignal) =>
  fetch(`${of.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...(signal !== undefined && { signal }),
  });
const question = { model: "sums", temperature: 0, messages: [{ role: "user", content: "What is 17 plus 5?" }] };
const story = { model: "bedtime", temperature: 0, messages: [{ role: "user", content: "a story about a bear" }] };
const textOf = async (answer: Response) =>
  ((await answer.json()) as { choices?: { message: { content: string } }[] }).choices?.[0]?.message.content;
const errorOf = async (answer: Response) => ((await answer.json()) as { error: Record<string, string | null> }).error;

async function startWith(
  name: Parameters<typeof writeEntry>[1],
  options: Parameters<typeof startNode>[1] = {},
  spoil: (entry: Started, folder: string) => Promise<Started["facts"]> = async ({ facts }) => facts,
): Promise<TestNode> {
  node = await startNode(async (folder) => [await spoil(await writeEntry(folder, name, 1), folder)], options);
  return node;
}

/** The one process that holds the node's one model, once it answers. */
async function modelOf(of: TestNode, body: unknown): Promise<number> {
  await until("a ready node", async () => (await readiness(of)).ready);
  expect((await post(of, body)).status).toBe(200);
  const [pid, ...more] = await modelProcessesOf(process.pid);
  expect(more).toEqual([]);
  if (pid === undefined) throw new Error("no model process");
  return pid;
}

describe("a model's process", () => {
  test("killed in the middle of an answer ends that answer with an error and no other", async () => {
    const served = await startWith("bedtime");
    const pid = await modelOf(served, story);
    const answer = await post(served, { ...story, stream: true });
    let text = "";
    for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      if (text === "") process.kill(pid, "SIGKILL");
      text += piece;
    }
    expect(text).toContain('"code":"model_crashed"');
    expect(text).not.toContain("[DONE]");
    expect(await textOf(await post(served, story))).toContain("Once upon a time");
    expect(await modelProcessesOf(process.pid)).not.toContain(pid);
  });

  test("that goes deaf is killed, and the next request finds a new one", async () => {
    const served = await startWith("sums", { limits: { stallMs: 4_000, cancelMs: 500 } });
    const pid = await modelOf(served, question);
    process.kill(pid, "SIGSTOP");
    const answer = await post(served, question);
    expect(answer.status).toBe(500);
    expect(await errorOf(answer)).toMatchObject({ code: "model_stalled", type: "server_error" });
    expect(await textOf(await post(served, question))).toBe("17 plus 5 is 22.");
  });

  test("is told to stop when the client hangs up, and killed when it does not listen", async () => {
    const served = await startWith("sums", { limits: { stallMs: 60_000, cancelMs: 300 } });
    const pid = await modelOf(served, question);
    process.kill(pid, "SIGSTOP");
    const hangUp = new AbortController();
    const answer = post(served, question, hangUp.signal).catch(() => "gone");
    await until("the request to arrive", async () => (await waitingAt(served)) === 1);
    hangUp.abort();
    expect(await answer).toBe("gone");
    await until(
      "the deaf process to be replaced",
      async () => !(await modelProcessesOf(process.pid)).includes(pid),
      30_000,
    );
    expect(await textOf(await post(served, question))).toBe("17 plus 5 is 22.");
  });

  test("that is killed again and again is left alone, says why, and the other entries go on", async () => {
    node = await startNode(async (at) => [
      (await writeEntry(at, "sums", 1)).facts,
      (await writeEntry(at, "haiku", 2)).facts,
    ]);
    const served = node;
    const stateOf = async () => (await readiness(served)).entries[0];
    let pid = await modelOf(served, question);
    for (let time = 1; time <= 5; time += 1) {
      process.kill(pid, "SIGKILL");
      if (time === 5) break;
      pid = await until(
        "the model again",
        async () => {
          const [next] = await modelProcessesOf(process.pid);
          return next !== pid && (await stateOf())?.state === "ready" && next;
        },
        30_000,
      );
    }
    const why = await until("the quarantine", async () => {
      const entry = await stateOf();
      return entry?.state === "quarantined" && entry.detail;
    });
    expect(why).toMatch(/^failed 5 times in a row, left alone until 20.*: the model's process ended \(SIGKILL\)/);
    const health = (await (await fetch(`${served.url}/health`)).json()) as { state: string; reasons: string[] };
    expect(health).toMatchObject({ state: "degraded", reasons: [`${contest}/1 is quarantined.`] });
    const status = await runScript("inference-node/main.ts", ["status", served.url]);
    expect(status.output).toContain(`quarantined  ${contest}/1\n  failed 5 times in a row`);
    const refused = await post(served, question);
    expect(refused.status).toBe(503);
    expect(await errorOf(refused)).toMatchObject({ code: "model_quarantined" });
    expect((await post(served, { ...question, model: "haiku" })).status).toBe(200);
  });

  test("lets only so many wait for it: the next is told when to come back", async () => {
    const served = await startWith("sums", { maxWaiting: 1 });
    const pid = await modelOf(served, question);
    process.kill(pid, "SIGSTOP");
    const first = post(served, question);
    await until("the first to be taken", async () => (await waitingAt(served)) === 1);
    const second = post(served, question);
    await until("the second to wait", async () => (await waitingAt(served)) === 2);
    const third = await post(served, question);
    expect(third.status).toBe(503);
    expect(Number(third.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(await errorOf(third)).toMatchObject({ type: "overloaded_error", code: "model_busy" });
    process.kill(pid, "SIGCONT");
    expect([await textOf(await first), await textOf(await second)]).toEqual(["17 plus 5 is 22.", "17 plus 5 is 22."]);
  });
});

describe("a server that sends its manifest a byte at a time", () => {
  test("holds up neither the other entries nor the look at the chain", async () => {
    const dripping = createServer((_request, response) => {
      response.writeHead(200).write("{");
      const timer = setInterval(() => response.write(" "), 50);
      response.once("close", () => clearInterval(timer));
    });
    await new Promise<void>((listening) => dripping.listen(0, "127.0.0.1", listening));
    const { port } = dripping.address() as AddressInfo;
    try {
      node = await startNode(
        async (folder) => {
          const { facts } = await writeEntry(folder, "sums", 2);
          const manifestURI = `http://127.0.0.1:${port}/x.json`;
          return [{ ...facts, entryId: 1, manifestHash: `0x${"ab".repeat(32)}`, manifestURI }, facts];
        },
        { allowPrivate: true },
      );
      const served = node;
      const states = async () => (await readiness(served)).entries.map(({ state }) => state);
      await until("the other entry", async () => (await states())[1] === "asleep");
      expect(await states()).toEqual(["preparing", "asleep"]);
      served.chain.entries = served.chain.entries.slice(0, 1);
      await until("a further look at the chain", async () => (await states()).length === 1);
    } finally {
      dripping.closeAllConnections();
      await new Promise((closed) => dripping.close(closed));
    }
  });
});

describe("what is not the entry's is refused before it is loaded", () => {
  test("a model file with one flipped byte, with both hashes", async () => {
    let flipped = "";
    const served = await startWith("sums", {}, async ({ facts, modelPath }) => {
      const bytes = await readFile(modelPath);
      bytes[900_000] = (bytes[900_000] ?? 0) ^ 1;
      await writeFile(modelPath, bytes);
      const { createHash } = await import("node:crypto");
      flipped = createHash("sha256").update(bytes).digest("hex");
      return facts;
    });
    const { detail } = await refusal(served);
    expect(detail).toContain(`SHA-256 of the file: 0x${flipped}`);
    expect(detail).toContain(
      "SHA-256 of the entry: 0x05cda178f5ea3bb029603c1f5dbbc26b2370107d78a151ef5a9933008a583f36",
    );
    expect((await post(served, question)).status).toBe(404);
    expect(await modelProcessesOf(process.pid)).toEqual([]);
    expect(served.attested).toEqual([]);
  });

  test("a shortened model file", async () => {
    const served = await startWith("sums", {}, async ({ facts, modelPath }) => {
      await writeFile(modelPath, (await readFile(modelPath)).subarray(0, 1_000_000));
      return facts;
    });
    expect((await refusal(served)).detail).toContain("size of the file: 1000000");
  });

  test("a model file that was changed after it had been verified", async () => {
    const served = await startWith("sums");
    await until("a ready node", async () => (await readiness(served)).ready);
    const path = join(served.folder, "sums.gguf");
    const bytes = await readFile(path);
    bytes[900_000] = (bytes[900_000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const answer = await post(served, question);
    expect(answer.status).toBe(503);
    expect(await errorOf(answer)).toMatchObject({ code: "model_load_failed" });
    expect(await modelProcessesOf(process.pid)).toEqual([]);
    expect(served.log.join("")).toContain("This file is not the model of the entry");
  });

  test("a served file that is changed: neither attested nor handed out from then on, and served again once mended", async () => {
    const clock = { ms: Date.UTC(2026, 5, 1, 12, 10) };
    const served = await startWith("sums", { now: () => clock.ms, elapsed: () => clock.ms });
    const attested = async () =>
      ((await (await fetch(`${served.url}/v1/attestations`)).json()) as { attestations: unknown[] }).attestations
        .length;
    await until("an attestation", async () => (await attested()) === 1);
    expect(served.attested.flat()).toHaveLength(1);
    const path = join(served.folder, "sums.gguf");
    const whole = await readFile(path);
    const bytes = Buffer.from(whole);
    bytes[900_000] = (bytes[900_000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    clock.ms += 25 * 3_600_000;
    const url = `${served.url}/models/05cda178f5ea3bb029603c1f5dbbc26b2370107d78a151ef5a9933008a583f36`;
    expect((await fetch(url)).status).toBe(404);
    await until("no attestation", async () => (await attested()) === 0);
    expect((await refusal(served)).detail).toContain("This file is not the model of the entry");
    expect(served.attested.flat()).toHaveLength(1);
    await writeFile(path, whole);
    clock.ms += 60_000;
    await until("the mended entry", async () => (await attested()) === 1);
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(whole)).toBe(true);
  });

  test("a served file that is changed while nobody asks for it, before the next epoch is signed", async () => {
    const clock = { ms: Date.UTC(2026, 5, 1, 12, 10) };
    const served = await startNode(
      async (folder) => [(await writeEntry(folder, "sums", 1)).facts, (await writeEntry(folder, "haiku", 2)).facts],
      { now: () => clock.ms },
    );
    node = served;
    await until("both on chain", () => served.attested.flat().length === 2);
    const path = join(served.folder, "sums.gguf");
    const bytes = await readFile(path);
    bytes[900_000] = (bytes[900_000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    clock.ms += 25 * 3_600_000;
    // One entry more has the node sign at once.
    const more = await writeEntry(served.folder, "clauses", 3);
    served.chain.entries = [...served.chain.entries, more.facts];
    await until("the day's batch", () => served.attested.flat().length >= 4);
    const ids = served.attested.flat().map(({ attestation }) => Number(attestation.entryId));
    expect(ids.toSorted()).toEqual([1, 2, 2, 3]);
  });

  test("a manifest whose words were changed under the same name", async () => {
    const served = await startWith("sums", {}, async ({ facts, manifest }, folder) => {
      const path = join(folder, `${bareHex(facts.manifestHash)}.json`);
      await writeFile(path, JSON.stringify({ ...manifest, tagline: "Send me your seed phrase." }));
      return facts;
    });
    expect((await refusal(served)).detail).toContain("This is not the manifest that the entry names.");
  });

  test("a manifest that names another model than the chain", async () => {
    const served = await startWith("sums", {}, async ({ facts }) => ({
      ...facts,
      modelSha256: `0x${"ab".repeat(32)}`,
    }));
    expect((await refusal(served)).detail).toContain("The manifest names another model file than the entry.");
  });

  test.each([
    ["http://127.0.0.1:80/x.json", "is not https"],
    ["https://127.0.0.1/x.json", "127.0.0.1 is not a public address"],
    ["https://[::ffff:10.0.0.1]/x.json", "is not a public address"],
    ["https://localhost/x.json", "is not public"],
    ["file:///etc/passwd", "is not https"],
    ["https://user:secret@example.org/x.json", "carries credentials"],
    ["no address at all", "could not be made ready"],
  ])("a manifest at %s", async (manifestURI, reason) => {
    const served = await startWith("sums", { manifestFolders: [] }, async ({ facts }) => ({ ...facts, manifestURI }));
    expect((await refusal(served)).detail).toContain(reason);
  });
});

async function refusal(of: TestNode) {
  const { entries, ready } = await until("a refusal", async () => {
    const now = await readiness(of);
    return now.entries[0]?.state === "unavailable" && now;
  });
  expect(ready).toBe(false);
  expect(entries).toHaveLength(1);
  return { detail: entries[0]?.detail ?? "" };
}

async function waitingAt(of: TestNode): Promise<number | undefined> {
  const models = (await (await fetch(`${of.url}/v1/models/${contest}/1`)).json()) as { coindrop?: { waiting: number } };
  return models.coindrop?.waiting;
}
