import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a program that was started under guard ends with the channel to whoever started it", async () => {
  const script = fileURLToPath(new URL("../../../inference-node/engine/serverGuard.ts", import.meta.url));
  const program = "process.stderr.write(String(process.pid)); setInterval(() => undefined, 1_000);";
  const guard = fork(script, [process.execPath, "-e", program], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const exited = once(guard, "exit");
  const [pid] = guard.stderr === null ? [] : await once(guard.stderr, "data");
  expect(process.kill(Number(pid), 0)).toBe(true);
  guard.disconnect();
  await exited;
  expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH");
}, 120_000);
