import { describe, expect, test } from "vitest";
import { createFairQueue } from "../../../inference-node/serve/fairQueue.ts";

const never = new AbortController().signal;
const nobody = "0x0000000000000000000000000000000000000000";
const from = (network: string, client = "") => ({ address: nobody, network, key: `${network} ${client}` }) as const;

/** A queue whose pieces of work end when the test says so; `served` tells in which order they began. */
function lab(maxWaiting: number, mostRemembered?: number) {
  const queue = createFairQueue({ slots: 1, maxWaiting, ...(mostRemembered !== undefined && { mostRemembered }) });
  const served: string[] = [];
  const refused: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (name: string, caller: ReturnType<typeof from>, signal = never) => {
    const done = queue.take(caller, signal, async () => {
      served.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
    });
    return done.catch(() => void refused.push(name));
  };
  const finish = async () => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { queue, served, refused, ask, finish };
}

describe("a fair queue", () => {
  test("serves another network before one network's further requests", async () => {
    const { served, ask, finish } = lab(16);
    for (const name of ["a1", "a2", "a3"]) void ask(name, from("a"));
    void ask("b1", from("b"));
    void ask("b2", from("b"));
    void ask("c1", from("c"));
    for (let i = 0; i < 6; i++) await finish();
    expect(served).toEqual(["a1", "b1", "c1", "a2", "b2", "a3"]);
  });

  test("tells clients behind one proxy apart by what they call themselves", async () => {
    const { served, ask, finish } = lab(16);
    for (const name of ["x1", "x2", "x3"]) void ask(name, from("proxy", "x"));
    void ask("y1", from("proxy", "y"));
    for (let i = 0; i < 4; i++) await finish();
    expect(served).toEqual(["x1", "x2", "y1", "x3"]);
  });

  test("lets nobody ahead who calls itself by another name each time", async () => {
    const { served, ask, finish } = lab(16);
    for (const name of ["x1", "x2"]) void ask(name, from("proxy", "x"));
    for (const name of ["r1", "r2", "r3"]) void ask(name, from("proxy", name));
    await finish();
    for (const name of ["r4", "r5"]) void ask(name, from("proxy", name));
    void ask("y1", from("proxy", "y"));
    for (let i = 0; i < 7; i++) await finish();
    expect(served).toEqual(["x1", "x2", "r1", "r2", "r3", "r4", "r5", "y1"]);
  });

  test("forgets whoever was served longest ago when it remembers too many", async () => {
    const { served, ask, finish } = lab(16, 4);
    for (const name of ["a", "b", "c"]) void ask(`${name}1`, from(name));
    for (let i = 0; i < 2; i++) await finish();
    void ask("a2", from("a"));
    void ask("b2", from("b"));
    void ask("d1", from("d"));
    for (let i = 0; i < 4; i++) await finish();
    expect(served).toEqual(["a1", "b1", "c1", "a2", "d1", "b2"]);
  });

  test("that is full takes a newcomer in, and the greediest one's newest request leaves", async () => {
    const { queue, served, refused, ask, finish } = lab(3);
    for (const name of ["a1", "a2", "a3", "a4"]) void ask(name, from("a"));
    void ask("a5", from("a"));
    void ask("b1", from("b"));
    await new Promise(setImmediate);
    expect(refused).toEqual(["a5", "a4"]);
    expect(queue.waiting()).toBe(3);
    void ask("b2", from("b"));
    await new Promise(setImmediate);
    expect(refused).toEqual(["a5", "a4", "b2"]);
    for (let i = 0; i < 4; i++) await finish();
    expect(served).toEqual(["a1", "b1", "a2", "a3"]);
  });

  test("refuses with a hint when to come back", async () => {
    const { queue, ask } = lab(0);
    void ask("a1", from("a"));
    await expect(queue.take(from("b"), never, async () => 1)).rejects.toMatchObject({ code: "busy", retryAfter: 2 });
  });

  test("forgets who gave up, and runs on after a piece of work failed", async () => {
    const { queue, served, refused, ask, finish } = lab(4);
    await expect(queue.take(from("a"), never, async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const leaving = new AbortController();
    void ask("a1", from("a"));
    void ask("b1", from("b"), leaving.signal);
    void ask("c1", from("c"));
    leaving.abort(new Error("gone"));
    for (let i = 0; i < 2; i++) await finish();
    expect(refused).toEqual(["b1"]);
    expect(served).toEqual(["a1", "c1"]);
    expect([queue.running(), queue.waiting()]).toEqual([0, 0]);
  });
});
