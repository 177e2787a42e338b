import { setImmediate } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import type { GenerationJob } from "../../../inference-node/engine/childProtocol.ts";
import { EngineError } from "../../../inference-node/engine/engineError.ts";
import type { ModelProcess } from "../../../inference-node/engine/modelProcess.ts";
import { createModelRunner, type RunnerOptions } from "../../../inference-node/engine/modelRunner.ts";
import { until } from "../../support/until.ts";

const job = { messages: [] } as unknown as GenerationJob;
const handlers = { onPrompt: () => undefined, onText: () => undefined };
const never = new AbortController().signal;

/** Processes whose fate the test decides. */
function createFakes() {
  const started: {
    die: (reason: string) => void;
    fail: (error: EngineError) => void;
    killOnCancel: () => void;
    load: () => void;
  }[] = [];
  const start = (): ModelProcess => {
    const loaded = Promise.withResolvers<Awaited<ModelProcess["loaded"]>>();
    const exited = Promise.withResolvers<EngineError>();
    loaded.promise.catch(() => undefined);
    const waiting: ((error: Error) => void)[] = [];
    const fail = (error: EngineError) => {
      loaded.reject(error);
      for (const reject of waiting.splice(0)) reject(error);
      exited.resolve(error);
    };
    let heedless = false;
    started.push({
      fail,
      killOnCancel() {
        heedless = true;
        fail(new EngineError("stalled", "did not stop"));
      },
      die: (reason) => fail(new EngineError("crashed", reason)),
      load: () =>
        loaded.resolve({
          engine: { llamaCpp: "b1", variant: "cpu" },
          contextSize: 512,
          trainedContext: 512,
          loadMs: 1,
        }),
    });
    return {
      pid: 1,
      loaded: loaded.promise,
      exited: exited.promise,
      killedOnCancel: () => heedless,
      kill: () => fail(new EngineError("crashed", "killed")),
      generate: () => new Promise((_resolve, reject) => waiting.push(reject)),
      embed: () => new Promise((_resolve, reject) => waiting.push(reject)),
    };
  };
  return { started, start };
}

function runnerWith(more: Partial<RunnerOptions> = {}) {
  const fakes = createFakes();
  const clock = { ms: 0 };
  const states: string[] = [];
  const runner = createModelRunner({
    load: { modelPath: "m.gguf", contextSize: 512, batchSize: 512, threads: 1, gpu: false },
    limits: { loadMs: 1, stallMs: 1, cancelMs: 1 },
    maxWaiting: 1,
    restartMs: 10,
    start: fakes.start,
    elapsed: () => clock.ms,
    onChange: (state) => states.push(state),
    ...more,
  });
  return { runner, clock, states, ...fakes };
}

describe("a model's runner", () => {
  test("has room made for vectors once a process, before it is asked for them, and gives it back at its end", async () => {
    let [asked, held] = [0, 0];
    const { runner, started } = runnerWith({
      maxWaiting: 3,
      load: { modelPath: "m.gguf", contextSize: 512, batchSize: 512, threads: 1, gpu: false, sequences: 2 },
      admitVectors: async ({ idle, loading }) => {
        expect([idle(), loading()]).toEqual([false, true]);
        asked += 1;
        held += 1;
        return () => {
          held -= 1;
        };
      },
    });
    const texts = { texts: ["a"], truncate: false };
    const answers = [runner.embed(texts, never), runner.embed(texts, never)].map((one) => one.catch(() => null));
    await until("a process", () => started.length === 1);
    expect(asked).toBe(0);
    started[0]?.load();
    await until("room", () => asked === 1);
    await setImmediate();
    started[0]?.die("gone");
    await Promise.all(answers);
    expect([asked, held]).toEqual([1, 0]);
  });

  test("refuses vectors where there is no room for them, and looks again when asked again", async () => {
    let asked = 0;
    const { runner, started } = runnerWith({
      admitVectors: async () => {
        asked += 1;
        throw new EngineError("no_memory", "too large", 30);
      },
    });
    const texts = { texts: ["a"], truncate: false };
    const first = runner.embed(texts, never);
    first.catch(() => undefined);
    await until("a process", () => started.length === 1);
    started[0]?.load();
    await expect(first).rejects.toMatchObject({ code: "no_memory" });
    await expect(runner.embed(texts, never)).rejects.toMatchObject({ code: "no_memory" });
    expect([asked, runner.state()]).toEqual([2, "ready"]);
  });

  test("is started again when its time has come, though the machine's clock jumps back two hours", async () => {
    const began = Date.now();
    const jumped = vi.spyOn(Date, "now").mockReturnValue(began);
    const { runner, started } = runnerWith({ elapsed: undefined });
    const first = runner.wake();
    started[0]?.die("gone");
    first.catch(() => undefined);
    await until("a process that died", () => {
      started[0]?.die("gone");
      return runner.state() === "failed";
    });
    jumped.mockReturnValue(began - 7_200_000);
    try {
      runner.wake().catch(() => undefined);
      await expect.poll(() => started.length, { timeout: 2_000 }).toBe(2);
    } finally {
      jumped.mockRestore();
    }
  });

  test("starts nothing before somebody asks", () => {
    const { runner, started } = runnerWith();
    expect(runner.state()).toBe("asleep");
    expect(started).toHaveLength(0);
  });

  test("fails the request whose process died, and starts another for the next", async () => {
    const { runner, started, clock } = runnerWith();
    const answer = runner.generate(job, handlers, never);
    await until("a process", () => started[0]);
    started[0]?.load();
    await until("readiness", () => runner.state() === "ready");
    started[0]?.die("SIGSEGV");
    await expect(answer).rejects.toMatchObject({ code: "crashed", message: "SIGSEGV" });
    expect(runner.state()).toBe("failed");
    clock.ms = 10;
    await until("a second process, unasked", () => started[1]);
    expect(runner.state()).toBe("loading");
  });

  test("waits longer after each failure, and tells callers when to come back", async () => {
    const { runner, started, clock } = runnerWith({ restartMs: 2_000, quarantine: { after: 99, ms: 1 } });
    for (const [index, wait] of [2, 4, 8, 16, 32, 60, 60].entries()) {
      const waking = runner.wake();
      await until("a process", () => started[index]);
      started[index]?.fail(new EngineError("load_failed", "no such model"));
      await expect(waking).rejects.toMatchObject({ code: "load_failed" });
      await until("the failure to be noticed", () => runner.state() === "failed");
      if (wait > 3) await expect(runner.wake()).rejects.toMatchObject({ code: "restarting", retryAfter: wait });
      clock.ms += wait * 1_000;
    }
  });

  test("turns away whoever comes when the line is full, and lets whoever gives up leave it", async () => {
    const { runner, started } = runnerWith();
    const first = runner.generate(job, handlers, never);
    const impatient = new AbortController();
    const second = runner.generate(job, handlers, impatient.signal);
    await expect(runner.generate(job, handlers, never)).rejects.toMatchObject({ code: "busy", retryAfter: 3 });
    impatient.abort(new Error("had enough"));
    await expect(second).rejects.toThrow("had enough");
    expect(runner.load()).toBe(1);
    await until("a process", () => started[0]);
    started[0]?.die("over");
    await expect(first).rejects.toThrow("over");
    expect(runner.load()).toBe(0);
  });

  test("answers nobody with a model whose file was changed while it was loaded", async () => {
    const file = { untouched: true };
    const { runner, started } = runnerWith({ check: async () => async () => file.untouched });
    const answer = runner.generate(job, handlers, never);
    await until("a process", () => started[0]);
    file.untouched = false;
    started[0]?.load();
    await expect(answer).rejects.toMatchObject({ code: "load_failed", message: expect.stringContaining("changed") });
    await until("the process to be gone", () => runner.state() === "failed");
  });

  test("once closed starts nothing more", async () => {
    const { runner, started } = runnerWith();
    const waking = runner.wake();
    await until("a process", () => started[0]);
    await runner.close();
    await expect(waking).rejects.toThrow("killed");
    await expect(runner.wake()).rejects.toMatchObject({ code: "closed" });
    expect(started).toHaveLength(1);
  });

  test("is left alone after failures in a row, says why, and is tried again when its time is over", async () => {
    const { runner, started, states, clock } = runnerWith({ restartMs: 1, quarantine: { after: 3, ms: 60_000 } });
    for (const index of [0, 1, 2]) {
      const waking = runner.wake();
      await until("a process", () => started[index]);
      started[index]?.fail(new EngineError("load_failed", "bad tensor"));
      await expect(waking).rejects.toMatchObject({ code: "load_failed" });
      await until("the failure to be noticed", () => runner.state() !== "loading");
      clock.ms += 10;
    }
    expect(runner.state()).toBe("quarantined");
    expect(states.filter((state) => state === "failed")).toHaveLength(2);
    expect(runner.reason()).toMatch(
      /^failed 3 times in a row, left alone until 20\d\d-.*Z: the model does not load on this node$/,
    );
    await expect(runner.wake()).rejects.toMatchObject({ code: "quarantined", retryAfter: 60 });
    expect(started).toHaveLength(3);
    clock.ms += 60_000;
    void runner.wake().catch(() => undefined);
    await until("another try", () => started[3]);
    started[3]?.load();
    await until("readiness", () => runner.state() === "ready");
    expect(runner.reason()).toBeNull();
  });

  test("that crashes again and again while it answers is left alone, not started for ever", async () => {
    const { runner, started, clock } = runnerWith({ restartMs: 1, quarantine: { after: 3, ms: 60_000 } });
    for (const index of [0, 1, 2]) {
      const answer = runner.generate(job, handlers, never);
      await until("a process", () => started[index]);
      started[index]?.load();
      await until("readiness", () => runner.state() === "ready");
      started[index]?.die("SIGSEGV");
      await expect(answer).rejects.toMatchObject({ code: "crashed" });
      clock.ms += 10;
    }
    expect(runner.state()).toBe("quarantined");
    await expect(runner.generate(job, handlers, never)).rejects.toMatchObject({ code: "quarantined" });
    expect(started).toHaveLength(3);
  });

  test("that is killed since it did not stop for a client is started again, however often", async () => {
    const { runner, started, clock } = runnerWith({ restartMs: 1, quarantine: { after: 2, ms: 60_000 } });
    for (const index of [0, 1, 2]) {
      const answer = runner.generate(job, handlers, never);
      await until("a process", () => started[index]);
      started[index]?.load();
      await until("readiness", () => runner.state() === "ready");
      started[index]?.killOnCancel();
      await expect(answer).rejects.toMatchObject({ code: "stalled" });
      await until("the end to be noticed", () => runner.state() !== "ready");
      expect(runner.state()).toBe("failed");
      clock.ms += 10;
    }
  });

  test("asks for memory before it starts, starts nothing without, and gives it back when its process ends", async () => {
    const asked: boolean[] = [];
    const memory = { free: false, given: 0, back: 0 };
    const admit: RunnerOptions["admit"] = async (_resident, wanted) => {
      asked.push(wanted);
      if (!memory.free) throw new EngineError("no_memory", "the model needs 5 GiB and 3 GiB are free", 30);
      memory.given += 1;
      return () => {
        memory.back += 1;
      };
    };
    const { runner, started, clock } = runnerWith({ admit });
    await expect(runner.wake()).rejects.toMatchObject({ code: "no_memory", retryAfter: 30 });
    expect(runner.reason()).toContain("needs 5 GiB");
    expect(started).toHaveLength(0);
    memory.free = true;
    const answer = runner.generate(job, handlers, never);
    await until("a process", () => started[0]);
    expect(asked).toEqual([false, true]);
    started[0]?.die("SIGKILL");
    await expect(answer).rejects.toThrow("SIGKILL");
    await until("the memory back", () => memory.back === 1);
    clock.ms += 1;
  });
});
