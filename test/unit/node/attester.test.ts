import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, describe, expect, test } from "vitest";
import type { Engine } from "#protocol/node.ts";
import { createAttester } from "../../../inference-node/sign/createAttester.ts";
import { createSigner } from "../../../inference-node/sign/createSigner.ts";
import { entry } from "../../support/entryFacts.ts";
import { until } from "../../support/until.ts";

const hour = 3_600_000;
const engine: Engine = {
  llamaCpp: "b1",
  variant: "cpu",
  contextSize: 512,
  batchSize: 512,
  flashAttention: false,
  kvType: "f16",
};
let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

function start(options: { lastOnChain?: bigint | null; refuse?: { times: number } } = {}) {
  const account = privateKeyToAccount(generatePrivateKey());
  const clock = { ms: 1_000 * hour, ahead: 0 };
  const batches: bigint[][] = [];
  const lines: string[] = [];
  const served = [{ facts: entry(1), engine }];
  const refuse = options.refuse ?? { times: 0 };
  const attester = createAttester({
    signer: createSigner({ account, node: account.address, chainId: 31_337, registry: account.address }),
    chain: {
      lastAttested: async () => options.lastOnChain ?? null,
      async attest(signed) {
        if (refuse.times-- > 0) throw new Error("insufficient funds");
        batches.push(signed.map(({ attestation }) => attestation.epoch));
        return `0x${"00".repeat(32)}`;
      },
    },
    served: async () => [...served],
    now: () => clock.ms + clock.ahead,
    elapsed: () => clock.ms,
    signal: stop.signal,
    log: { info: (line) => void lines.push(line), warn: (line) => void lines.push(line) },
  });
  void attester.run();
  /** Moves the clock, has the attester look, and waits until it has signed at the new time. */
  const at = async (ms: number) => {
    clock.ms = ms;
    attester.nudge();
    const epoch = BigInt(Math.floor(ms / hour));
    await until("a new attestation", () => attester.attestations()[0]?.attestation.epoch === epoch);
  };
  return { attester, batches, lines, served, at, clock };
}

describe("attesting", () => {
  test.each([2, -2])("is tried again when its time has come, though the clock jumps by %i hours", async (hours) => {
    const { attester, batches, clock, lines } = start({ refuse: { times: 1 } });
    await until("the refusal", () => lines.some((line) => line.includes("next try in 2 s")));
    clock.ahead = hours * hour;
    const look = async () => {
      const epoch = attester.attestations()[0]?.attestation.epoch;
      clock.ahead += Math.sign(hours) * hour;
      attester.nudge();
      await until("another look", () => attester.attestations()[0]?.attestation.epoch !== epoch);
    };
    await look();
    await look();
    expect(batches).toEqual([]);
    clock.ms += 2_000;
    attester.nudge();
    await until("the next try", () => batches.length === 1);
  });

  test("is signed anew each epoch, on chain first and then a day later", async () => {
    const { batches, at } = start();
    await until("the first on chain", () => batches.length === 1);
    for (let hours = 1_001; hours < 1_024; hours++) await at(hours * hour);
    expect(batches).toEqual([[1_000n]]);
    await at(1_024 * hour);
    await until("the second on chain", () => batches.length === 2);
    expect(batches).toEqual([[1_000n], [1_024n]]);
  });

  test("does not repeat after a restart what is on chain already", async () => {
    const { batches, at } = start({ lastOnChain: 990n });
    await at(1_013 * hour);
    await at(1_014 * hour);
    await until("the one that is due", () => batches.length === 1);
    expect(batches).toEqual([[1_014n]]);
  });

  test("puts several entries into one batch, and a later one by itself", async () => {
    const { batches, served, attester } = start();
    await until("the first on chain", () => batches.length === 1);
    served.push({ facts: entry(2), engine }, { facts: entry(3), engine });
    attester.nudge();
    await until("the others", () => batches.length === 2);
    expect(batches).toEqual([[1_000n], [1_000n, 1_000n]]);
  });

  test("goes on signing when the chain refuses, and says so once a try", async () => {
    const { batches, lines, at, attester } = start({ refuse: { times: 1 } });
    await until("a complaint", () => lines.length === 1);
    expect(lines[0]).toBe("attesting on chain failed, next try in 2 s: insufficient funds");
    expect(attester.attestations()).toHaveLength(1);
    await at(1_001 * hour);
    await until("the second try", () => batches.length === 1);
    expect(batches).toEqual([[1_001n]]);
  });

  test("says what the chain says now, when another chain has other files under the same id", async () => {
    const { served, attester, batches } = start();
    await until("the first on chain", () => batches.length === 1);
    served[0] = { facts: { ...entry(1), modelSha256: `0x${"04".repeat(32)}` }, engine };
    attester.nudge();
    await until(
      "the other file's",
      () => attester.attestations()[0]?.attestation.modelSha256 === `0x${"04".repeat(32)}`,
    );
    await until("the other file's on chain", () => batches.length === 2);
  });

  test("stops for entries that are served no longer", async () => {
    const { served, attester } = start();
    await until("the first", () => attester.attestations().length === 1);
    served.pop();
    attester.nudge();
    await until("none", () => attester.attestations().length === 0);
  });
});
