import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { NodeStanding } from "../../../inference-node/chain/registryCalls.ts";
import { checkClock } from "../../../inference-node/doctor/checkClock.ts";
import { checkEndpoint } from "../../../inference-node/doctor/checkEndpoint.ts";
import { checkDisk, checkMachine, checkMemory } from "../../../inference-node/doctor/checkMachine.ts";
import { checkStake } from "../../../inference-node/doctor/checkStake.ts";
import { checkTls } from "../../../inference-node/doctor/checkTls.ts";
import { pemPair } from "../../support/pemPair.ts";

const gib = 2 ** 30;
const node = "0x00000000000000000000000000000000000000aa";
const other = "0x00000000000000000000000000000000000000bb";
const standing: NodeStanding = {
  node,
  registered: true,
  active: true,
  stake: 200n * 10n ** 18n,
  minStake: 200n * 10n ** 18n,
  endpoint: "https://node.example",
  leavesAt: 0,
  openChallenges: 0,
  credit: { coins: 0n, ether: 0n },
  coin: { address: other, symbol: "COIN", decimals: 18 },
};
const stakeWith = (more: Partial<NodeStanding>, facts: Partial<Parameters<typeof checkStake>[0]> = {}) =>
  checkStake({ standing: { ...standing, ...more }, key: other, keyOwner: node, gas: 1n, carrier: node, ...facts });

describe("the doctor", () => {
  test("finds nothing to mend about a node that is well", () => {
    expect(stakeWith({}).map(({ state }) => state)).toEqual(["good", "good", "good"]);
    expect(checkClock(1_000, 990, true).state).toBe("good");
    expect(checkMemory([{ bytes: gib, isWhole: true }], 4 * gib, false).state).toBe("good");
    expect(checkDisk("models", gib, 4 * gib).state).toBe("good");
  });

  test("warns when the signing key is the key that holds the stake", () => {
    const findings = stakeWith({}, { key: node, keyOwner: node });
    expect(findings).toContainEqual(
      expect.objectContaining({
        subject: "key",
        state: "care",
        detail: `the signing key ${node} is the key that holds the stake`,
      }),
    );
  });

  test.each([
    ["an unknown node", { registered: false }, {}, "is not registered", "register"],
    [
      "too small a stake",
      { active: false, stake: 160n * 10n ** 18n },
      {},
      "160 COIN, below the least of 200 COIN",
      "stake --add 40",
    ],
    ["an unknown key", {}, { keyOwner: null }, "the registry does not know the signing key", "key add"],
    ["another's key", {}, { keyOwner: other }, "answers for another node", "a key of its own"],
    ["an empty purse", {}, { gas: 0n }, "holds no ether", "a fifth of the stake"],
  ] as const)("has the operator mend %s", (_what, more, facts, detail, advice) => {
    const found = stakeWith(more, facts).find(({ state }) => state === "mend");
    expect(found?.detail).toContain(detail);
    expect(found?.advice).toContain(advice);
  });

  test("tells a wrong clock from a chain that stands still", () => {
    expect(checkClock(1_000, 8_200, false)).toMatchObject({
      state: "mend",
      detail: expect.stringContaining("2.0 h behind"),
    });
    expect(checkClock(8_200, 1_000, true)).toMatchObject({
      state: "mend",
      detail: expect.stringContaining("2.0 h ahead"),
    });
    expect(checkClock(8_200, 1_000, false)).toMatchObject({
      state: "care",
      advice: expect.stringContaining("stands still"),
    });
  });

  test("compares models with memory and disk", () => {
    const need = (bytes: number, isWhole = true) => ({ bytes, isWhole });
    expect(checkMemory([need(gib), need(5 * gib)], 4 * gib, true)).toMatchObject({
      state: "mend",
      detail: "the largest model needs 5.0 GiB, 4.0 GiB free",
    });
    const two = [need(3 * gib), need(3 * gib, false)];
    expect(checkMemory(two, 4 * gib, false)).toMatchObject({
      state: "care",
      detail: "all models together need at least 6.0 GiB, 4.0 GiB free",
      advice: expect.stringContaining("--unload-idle"),
    });
    expect(checkMemory(two, 4 * gib, true).state).toBe("good");
    expect(checkDisk("models", 5 * gib, 4 * gib).state).toBe("mend");
    expect(checkDisk("models", 3.5 * gib, 4 * gib).state).toBe("care");
  });

  test("looks at threads and at whether llama.cpp starts", async () => {
    const ready = async () => ({ llamaCpp: "b1", variant: "cpu haswell" });
    const dead = async () => await Promise.reject(new Error("no libggml"));
    expect(await checkMachine({ gpu: false, threads: 4 }, ready, 2)).toMatchObject([
      { state: "care", detail: "4 threads a model on 2 cores" },
      { state: "good", detail: "llama.cpp b1 runs on cpu haswell" },
    ]);
    expect((await checkMachine({ gpu: "cuda", threads: 1 }, dead, 2))[1]).toMatchObject({
      state: "mend",
      advice: expect.stringContaining("npm run gpu"),
    });
  });

  test("says that a page over https cannot call plain http, but for this machine itself", async () => {
    const up = async () => 200;
    const http = await checkEndpoint("http://node.example", "http://node.example", up);
    expect(http.map(({ subject, state }) => [subject, state])).toEqual([
      ["https", "care"],
      ["endpoint", "good"],
    ]);
    expect((await checkEndpoint("https://node.example", "https://node.example", up)).map(({ state }) => state)).toEqual(
      ["good"],
    );
    const local = await checkEndpoint("http://127.0.0.1:8090", null, up);
    expect(local.some(({ subject }) => subject === "https")).toBe(false);
  });

  test("asks the endpoint, and compares it with the registry's", async () => {
    const moved = await checkEndpoint("https://new.example", "https://old.example", async () => 502);
    expect(moved.map(({ state }) => state)).toEqual(["mend", "mend"]);
    expect(moved[0]?.advice).toContain("endpoint https://new.example");
    const away = await checkEndpoint("https://10.0.0.9", null, async () => await Promise.reject(new Error("timeout")));
    expect(away.map(({ detail }) => detail)).toEqual([
      "10.0.0.9 is a private address",
      expect.stringContaining("does not answer: timeout"),
    ]);
    expect((await checkEndpoint(undefined, null))[0]?.detail).toBe("none is configured");
  });
});

describe("a certificate", () => {
  const folder = mkdtempSync(join(tmpdir(), "coindrop-doctor-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const { cert, key } = pemPair();
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);

  test("is looked at for its name and its days", async () => {
    const inTime = Date.UTC(2030, 0, 1);
    expect(await checkTls(files, "https://localhost:1", inTime)).toMatchObject({ state: "good" });
    expect(await checkTls(files, "https://node.example", inTime)).toMatchObject({
      state: "mend",
      detail: "is not for node.example",
    });
    const end = Date.parse(new X509Certificate(cert).validTo);
    expect(await checkTls(files, "https://localhost:1", end - 86_400_000)).toMatchObject({ state: "care" });
    expect(await checkTls(files, "https://localhost:1", end + 1_000)).toMatchObject({ state: "mend" });
    expect(await checkTls({ ...files, key: files.cert }, undefined, inTime)).toMatchObject({ state: "mend" });
  });
});
