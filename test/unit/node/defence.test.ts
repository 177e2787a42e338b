import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BlockProof } from "#protocol/blockProof.ts";
import { bareHex, toBytes32 } from "#protocol/hashing.ts";
import { hashFile } from "#protocol/piecesRoot.ts";
import type { OpenChallenge } from "../../../inference-node/chain/challengeChain.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { nodeHashing } from "../../../inference-node/models/nodeHashing.ts";
import { createDefence } from "../../../inference-node/sign/answerChallenges.ts";
import { createMemoryJournal } from "../../../inference-node/state/journal.ts";
import { entry } from "../../support/entryFacts.ts";
import { until } from "../../support/until.ts";

const model = Buffer.from("a model of three blocks and a bit ".repeat(1_500));
let folder: string;
let path: string;
let facts: EntryFacts;
let stop: AbortController;
beforeEach(async () => {
  stop = new AbortController();
  folder = await mkdtemp(join(tmpdir(), "coindrop-defence-"));
  path = join(folder, "mine.gguf");
  await writeFile(path, model);
  const { size, sha256, piecesRoot } = await hashFile([model], nodeHashing);
  facts = { ...entry(1), modelSize: size, modelSha256: toBytes32(sha256), modelRoot: toBytes32(piecesRoot) };
});
afterEach(async () => {
  stop.abort();
  await rm(folder, { recursive: true, force: true });
});

function defend(options: { refusals?: number; signed?: boolean; dueIn?: number } = {}) {
  const journal = createMemoryJournal();
  if (options.signed !== false) journal.record(facts, path, 1_000);
  const clock = { ms: 1_000 * 3_600_000, ahead: 0 };
  const answers: { id: bigint; proof: BlockProof }[] = [];
  const lines: string[] = [];
  const state = { looks: 0, refusals: options.refusals ?? 0 };
  const challenge: OpenChallenge = {
    challengeId: 7n,
    contest: facts.contest,
    entryId: 1,
    index: 1,
    modelRoot: facts.modelRoot,
    modelSize: facts.modelSize,
    answerBy: clock.ms / 1000 + (options.dueIn ?? 86_400),
  };
  const open = [challenge];
  const defence = createDefence({
    chain: {
      async open() {
        state.looks += 1;
        return open;
      },
      async answer(id, proof) {
        if (state.refusals-- > 0) throw new Error("insufficient funds for gas");
        answers.push({ id, proof });
        open.pop();
        return `0x${"00".repeat(32)}`;
      },
    },
    journal,
    folders: [join(folder, "store"), join(folder, "none")],
    pollMs: 2,
    now: () => clock.ms + clock.ahead,
    elapsed: () => clock.ms,
    signal: stop.signal,
    log: {
      info: (line) => void lines.push(line),
      warn: (line) => void lines.push(line),
      error: (line) => void lines.push(`error: ${line}`),
    },
  });
  void defence.run();
  return { defence, clock, answers, lines, state };
}

describe("a block challenge", () => {
  test("is answered with the block that was asked for, and the operator hears of both", async () => {
    const { answers, lines, defence } = defend();
    await until("the answer", () => defence.challenges()[0]?.state === "answered");
    expect(answers[0]?.id).toBe(7n);
    expect(Buffer.from(bareHex(answers[0]?.proof.data ?? "0x"), "hex")).toEqual(model.subarray(16_384, 32_768));
    expect(answers[0]?.proof.path).toHaveLength(2);
    expect(lines[0]).toContain("somebody asks this node for block 1 of entry 1 (challenge 7)");
    expect(lines[1]).toContain("brought block 1 of entry 1");
  });

  test("is answered from the store by a node that remembers nothing of the entry", async () => {
    await mkdir(join(folder, "store"));
    await rename(path, join(folder, "store", `${bareHex(facts.modelSha256)}.gguf`));
    const { answers } = defend({ signed: false });
    await until("the answer", () => answers.length === 1);
  });

  test("for which no file is here is told as an error with what to do, and answered once the file is", async () => {
    await mkdir(join(folder, "store"));
    const { answers, lines, clock, defence } = defend({ signed: false });
    const told = await until("the word of it", () => lines.find((line) => line.startsWith("error: ")));
    expect(told).toContain("NO FILE for block 1 of entry 1 (challenge 7); a fifth of the stake is lost");
    expect(told).toContain(`npm run node -- pull ${facts.contest} 1`);
    expect(told).toContain(new Date(clock.ms + 86_400_000).toISOString());
    expect(defence.challenges()[0]).toMatchObject({ state: "failing", detail: expect.stringContaining("-- pull") });
    await rename(path, join(folder, "store", "pulled.gguf"));
    clock.ms += 2_000;
    await until("the answer", () => answers.length === 1);
  });

  test("whose time is over is said once and left alone", async () => {
    const { answers, lines, state } = defend({ dueIn: -1 });
    await until("some looks", () => state.looks > 5);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("was not brought in time");
    expect(answers).toEqual([]);
  });

  test("is tried again with longer and longer waits when the chain refuses, with what is at stake said", async () => {
    const { clock, answers, lines, defence } = defend({ refusals: 2 });
    await until("the first refusal", () => lines.length === 2);
    expect(lines[1]).toContain("next try in 2 s; a fifth of the stake is lost");
    expect(lines[1]).toContain("insufficient funds for gas");
    expect(defence.challenges()[0]).toMatchObject({
      state: "failing",
      detail: expect.stringContaining("log says why"),
    });
    clock.ms += 2_000;
    await until("the second refusal", () => lines.length === 3);
    expect(lines[2]).toContain("next try in 4 s");
    clock.ms += 4_000;
    await until("the answer", () => answers.length === 1);
  });

  test("is answered once a clock that jumped two hours ahead is right again", async () => {
    const { clock, answers, lines } = defend({ refusals: 1, dueIn: 3_600 });
    await until("the refusal", () => lines.length === 2);
    clock.ahead = 7_200_000;
    clock.ms += 2_000;
    await until("the word of it", () => lines.some((line) => line.includes("was not brought in time")));
    clock.ahead = 0;
    clock.ms += 60_000;
    await until("the answer", () => answers.length === 1);
  });

  test("is tried again when its time has come, though the clock jumps back two hours", async () => {
    const { clock, answers, lines } = defend({ refusals: 1 });
    await until("the refusal", () => lines.length === 2);
    clock.ahead = -7_200_000;
    clock.ms += 2_000;
    await until("the answer", () => answers.length === 1);
  });

  test("is never answered with another file's block", async () => {
    const other = Buffer.from(model);
    other[3] = 0;
    await writeFile(path, other);
    const { answers, lines, state } = defend();
    await until("a refusal", () => lines.some((line) => line.includes("NO FILE")));
    await until("some more looks", () => state.looks > 5);
    expect(answers).toEqual([]);
  });
});
