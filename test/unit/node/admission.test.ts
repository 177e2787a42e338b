import { describe, expect, test } from "vitest";
import { createAdmission, defaultServeLimits } from "../../../inference-node/serve/admission.ts";
import { callerOf } from "../../../inference-node/serve/caller.ts";

function admissionWith(limits: Partial<typeof defaultServeLimits>) {
  const clock = { ms: 0 };
  const admission = createAdmission({
    limits: { ...defaultServeLimits, ...limits },
    maxWaiting: 1,
    now: () => clock.ms,
  });
  return { admission, clock };
}
const a = callerOf({ ip: "192.0.2.1", headers: {} });
const b = callerOf({ ip: "192.0.2.2", headers: {} });

describe("one client's share of a node", () => {
  test("is so many requests open at a time, and again when one ended", () => {
    const { admission } = admissionWith({ maxOpenPerClient: 2 });
    const leave = admission.enter(a);
    admission.enter(a);
    expect(() => admission.enter(a)).toThrow(expect.objectContaining({ status: 429, retryAfter: 2 }));
    admission.enter(b);
    leave();
    admission.enter(a);
  });

  test("is so many requests a minute, which come back with time", () => {
    const { admission, clock } = admissionWith({ requestsPerMinute: 3 });
    for (let i = 0; i < 3; i++) admission.enter(a)();
    expect(() => admission.enter(a)).toThrow(expect.objectContaining({ status: 429, retryAfter: 20 }));
    admission.enter(b)();
    clock.ms += 19_000;
    expect(() => admission.enter(a)).toThrow(expect.objectContaining({ status: 429, retryAfter: 1 }));
    clock.ms += 1_000;
    admission.enter(a)();
    expect(() => admission.enter(a)).toThrow(expect.objectContaining({ status: 429 }));
  });

  test("hangs on the network, whatever the client calls itself", () => {
    const named = (ip: string, last: string) =>
      callerOf({ ip, headers: { "x-coindrop-client": `0x${last.repeat(40)}` } });
    expect(named("192.0.2.1", "1").network).toBe(named("::ffff:192.0.2.1", "2").network);
    expect(named("192.0.2.1", "1").key).not.toBe(named("192.0.2.1", "2").key);
    expect(named("2001:db8:1:2::1", "1").network).toBe(named("2001:db8:1:2:ffff::9", "1").network);
    expect(named("2001:db8:1:2::1", "1").network).not.toBe(named("2001:db8:1:3::1", "1").network);
    expect(named("192.0.2.1", "a").address).toBe(`0x${"a".repeat(40)}`);
  });
});

describe("a node that is told to stop", () => {
  test("lets nobody in, and waits for those who are in", async () => {
    const { admission } = admissionWith({ drainMs: 600_000 });
    const leave = admission.track();
    const drained = admission.drain();
    expect(() => admission.enter(b)).toThrow(expect.objectContaining({ status: 503, retryAfter: 30 }));
    leave();
    await drained;
  });

  test("does not wait for ever", async () => {
    const { admission } = admissionWith({ drainMs: 1 });
    admission.track();
    await admission.drain();
    expect(admission.draining()).toBe(true);
  });
});
