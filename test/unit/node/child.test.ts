import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a model's process that is told to stop says at once that it is alive", async () => {
  const child = fork(fileURLToPath(new URL("../../../inference-node/engine/child.ts", import.meta.url)), []);
  try {
    expect((await once(child, "message"))[0]).toEqual({ type: "started" });
    const [heard] = await Promise.all([once(child, "message"), child.send({ type: "cancel", id: 7 })]);
    expect(heard[0]).toEqual({ type: "alive", id: 7 });
  } finally {
    child.kill("SIGKILL");
  }
}, 30_000);
