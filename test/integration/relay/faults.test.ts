import { createClient, type Hex, http, parseEther } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { relayCostsAnswer, relayReadyAnswer, signedOrderSchema } from "#protocol/relay.ts";
import { carryData } from "../../../scripts/relay/carryData.ts";
import { devAccounts } from "../../../scripts/start/localChain.ts";
import { startRpcServer } from "../../support/rpcServer.ts";
import { until } from "../../support/until.ts";
import { createRelayLab, type RelayLab } from "./relayLab.ts";

let lab: RelayLab;

beforeAll(async () => {
  lab = await createRelayLab();
});

afterAll(() => lab?.close());

/** Orders carried and skipped on chain since a block, by transaction. */
async function stakeChanges(voter: Hex): Promise<number> {
  const logs = await lab.client.getContractEvents({
    address: lab.contest,
    abi: contestAbi,
    eventName: "StakeChanged",
    args: { voter },
    fromBlock: 0n,
  });
  return logs.length;
}

test("what was accepted outlives kill -9, and is carried once by the next relay on the same state", async () => {
  const state = lab.stateFile();
  const voter = await lab.voter();
  const first = await lab.relay(["--batch-ms", "600000"], state);
  const digest = await first.give(await lab.order(voter));
  expect((await first.stop("SIGKILL")).signal).toBe("SIGKILL");
  expect(await stakeChanges(voter.address)).toBe(0);

  const second = await lab.relay([], state);
  expect((await second.settled(digest)).state).toBe("done");
  await second.stop("SIGKILL");
  const third = await lab.relay([], state);
  expect((await third.status(digest)).state).toBe("done");
  expect(await stakeChanges(voter.address)).toBe(1);
  await third.stop();
});

test("a relay killed after sending finds its transaction again and sends no second one", async () => {
  const state = lab.stateFile();
  const voter = await lab.voter();
  const before = await lab.carried();
  await lab.time.setAutomine(false);
  try {
    const first = await lab.relay([], state);
    const digest = await first.give(await lab.order(voter));
    const sent = await until("the batch to be sent", async () => {
      const order = await first.status(digest);
      return order.state === "sent" ? order.transaction : undefined;
    });
    await first.stop("SIGKILL");

    const second = await lab.relay([], state);
    expect(await second.status(digest)).toMatchObject({ state: "sent", transaction: sent });
    await lab.time.mine({ blocks: 1 });
    expect(await second.settled(digest)).toMatchObject({ state: "done", transaction: sent });
    await lab.time.mine({ blocks: 1 });
    expect(await lab.carried()).toBe(before + 1);
    expect(await stakeChanges(voter.address)).toBe(1);
    await second.stop();
  } finally {
    await lab.time.setAutomine(true);
  }
});

test("a transaction that was written down and never sent is sent after a crash", async () => {
  const state = lab.stateFile();
  const voter = await lab.voter();
  await lab.time.setAutomine(false);
  try {
    const first = await lab.relay([], state);
    const digest = await first.give(await lab.order(voter));
    const sent = await until("the batch to be sent", async () => (await first.status(digest)).transaction);
    await first.stop("SIGKILL");
    // As if the network had never heard of it.
    await lab.time.dropTransaction({ hash: sent });
    expect(await lab.client.getTransaction({ hash: sent }).catch(() => null)).toBe(null);

    const second = await lab.relay([], state);
    await until("the transaction to be back", () => lab.client.getTransaction({ hash: sent }).catch(() => null));
    await lab.time.mine({ blocks: 1 });
    expect(await second.settled(digest)).toMatchObject({ state: "done", transaction: sent });
    await second.stop();
  } finally {
    await lab.time.setAutomine(true);
  }
});

test("a transaction that is in no block for too long gets a higher fee, and only one version counts", async () => {
  const voter = await lab.voter();
  const before = await lab.carried();
  const relay = await lab.relay(["--stuck-ms", "400"]);
  await lab.time.setAutomine(false);
  try {
    const digest = await relay.give(await lab.order(voter));
    const hashes = new Set<string>();
    await until("three versions", async () => {
      const { transaction } = await relay.status(digest);
      if (transaction !== null) hashes.add(transaction);
      return hashes.size >= 3;
    });
    const fees = await Promise.all(
      [...hashes].map((hash) => lab.client.getTransaction({ hash: hash as Hex }).catch(() => null)),
    );
    const alive = fees.flatMap((found) => (found === null ? [] : [found.maxFeePerGas ?? 0n]));
    expect(alive.length).toBeLessThanOrEqual(1);
    await lab.time.mine({ blocks: 1 });
    expect((await relay.settled(digest)).state).toBe("done");
    await lab.time.mine({ blocks: 1 });
    expect(await lab.carried()).toBe(before + 1);
    expect(await stakeChanges(voter.address)).toBe(1);
  } finally {
    await lab.time.setAutomine(true);
    await relay.stop();
  }
});

test("a second relay on the same state is refused, in words", async () => {
  const state = lab.stateFile();
  const first = await lab.relay([], state);
  await expect(lab.relay([], state)).rejects.toThrow(/Another relay is working with this state/);
  await first.stop("SIGKILL");
  // The system has freed it.
  const second = await lab.relay([], state);
  await second.stop();
});

test("SIGTERM carries what waits before the end", async () => {
  const state = lab.stateFile();
  const voter = await lab.voter();
  const relay = await lab.relay(["--batch-ms", "600000"], state);
  await relay.give(await lab.order(voter));
  expect((await relay.stop()).code).toBe(0);
  expect(await lab.stakeOf(voter.address)).toBe(parseEther("1"));
});

test("a relay without money says so, takes nothing, and goes on once it has some", async () => {
  const { relayer } = devAccounts();
  const voter = await lab.voter();
  const relay = await lab.relay();
  await lab.clock.setBalance(relayer.address, 1n);
  const digest = await relay.give(await lab.order(voter));
  await until("the relay to notice", async () => (await relay.get("/ready")).status === 503);
  expect(relayReadyAnswer.parse((await relay.get("/ready")).body)).toEqual({
    ready: false,
    reason: expect.stringContaining("gas"),
  });
  const another = await lab.voter();
  const refused = await relay.post(await lab.order(another));
  expect([refused.status, refused.error?.message]).toEqual([503, "This relay has run out of what pays for gas."]);
  await lab.clock.setBalance(relayer.address, parseEther("10"));
  expect((await relay.settled(digest)).state).toBe("done");
  expect((await relay.get("/ready")).status).toBe(200);
  await relay.stop();
});

test("a batch that the account's key sent elsewhere is carried all the same", async () => {
  const { relayer } = devAccounts();
  const voter = await lab.voter();
  const relay = await lab.relay(["--stuck-ms", "3600000", "--lost-ms", "500"]);
  await lab.time.setAutomine(false);
  try {
    const digest = await relay.give(await lab.order(voter));
    const sent = await until("the batch to be sent", async () => (await relay.status(digest)).transaction);
    await lab.time.dropTransaction({ hash: sent });
    await lab.time.setAutomine(true);
    // Somebody uses the same key, and with it the nonce.
    await lab.write(relayer as never, lab.contest, contestAbi, "cancel", [1n, 1n]);
    expect((await relay.settled(digest)).state).toBe("done");
    expect(await stakeChanges(voter.address)).toBe(1);
  } finally {
    await lab.time.setAutomine(true);
    await relay.stop();
  }
});

test("orders of a contest that is served no more are given up, and hold nobody up", async () => {
  const state = lab.stateFile();
  const [left, voter] = [await lab.voter("10", parseEther("10"), lab.otherContest), await lab.voter()];
  const first = await lab.relay(["--batch-ms", "600000"], state);
  const leftover = await first.give(await lab.order(left, { contest: lab.otherContest }));
  await first.stop("SIGKILL");

  const second = await lab.relay(["--contest", lab.contest], state);
  expect(await second.settled(leftover)).toMatchObject({
    state: "skipped",
    transaction: null,
    reason: { error: null, message: `This relay carries no orders for the contest ${lab.otherContest}.` },
  });
  expect((await second.settled(await second.give(await lab.order(voter)))).state).toBe("done");
  expect((await second.get("/ready")).status).toBe(200);
  await second.stop();
});

test("an order whose block a reorganisation undoes is sent again", async () => {
  const voter = await lab.voter();
  const order = await lab.order(voter);
  const relay = await lab.relay();
  const id = await lab.time.snapshot();
  const digest = await relay.give(order);
  const { transaction } = await relay.settled(digest);
  expect(await stakeChanges(voter.address)).toBe(1);

  await lab.time.revert({ id });
  expect(await stakeChanges(voter.address)).toBe(0);
  await until("the order to be back", async () => (await stakeChanges(voter.address)) === 1);
  expect(await until("the relay to see it", () => doneAt(relay, digest))).toBe(transaction);
  expect(await relay.post(order)).toMatchObject({ status: 200, order: { state: "done" } });
  // Paid for once: by what it cost the relay's account, and by its own books.
  expect(await gasLeft(relay)).toBeGreaterThan(50_000_000 - 150_000);
  await relay.stop();
});

test("an order whose block is undone, and whose nonce the account used elsewhere, is carried anew", async () => {
  const { relayer } = devAccounts();
  const state = lab.stateFile();
  const voter = await lab.voter();
  const order = await lab.order(voter);
  const first = await lab.relay([], state);
  const id = await lab.time.snapshot();
  const digest = await first.give(order);
  const { transaction } = await first.settled(digest);
  await first.stop("SIGKILL");
  await lab.time.revert({ id });
  await lab.write(relayer as never, lab.contest, contestAbi, "cancel", [1n, 1n]);

  const second = await lab.relay(["--lost-ms", "200"], state);
  await until("the order to be carried anew", async () => (await stakeChanges(voter.address)) === 1);
  expect(await until("the relay to see it", () => doneAt(second, digest))).not.toBe(transaction);
  await second.stop();
});

test("a receipt that is late is waited for: its order is done, and its gas is in the books", async () => {
  const direct = createClient({ transport: http(lab.chain.url) });
  const endpoint = await startRpcServer({ request: (call) => direct.request(call as never) });
  let hidden = 0;
  endpoint.intercept(async ({ method }, proceed) => {
    if (method !== "eth_getTransactionReceipt" || hidden >= 8) return proceed();
    hidden += 1;
    return null;
  });
  const voter = await lab.voter();
  const relay = await lab.relay(["--rpc", endpoint.url]);
  try {
    const digest = await relay.give(await lab.order(voter));
    expect(await relay.settled(digest)).toMatchObject({ state: "done", reason: null });
    expect(hidden).toBe(8);
    expect(await gasLeft(relay)).toBeLessThan(50_000_000);
    expect(await stakeChanges(voter.address)).toBe(1);
  } finally {
    await relay.stop();
    await endpoint.close();
  }
});

test("an order that another carried, and whose block is undone, waits again when it is posted again", async () => {
  const relay = await lab.relay(["--batch-ms", "600000", "--orders-per-batch", "2"]);
  const order = await lab.order(await lab.voter());
  const partner = await lab.order(await lab.voter());
  const digest = await relay.give(order);
  const id = await lab.time.snapshot();
  const data = carryData([signedOrderSchema.parse(order)]);
  await lab.client.waitForTransactionReceipt({ hash: await lab.hurry(lab.organiser, lab.contest, data) });
  await relay.settled(await relay.give(partner));
  expect(await relay.settled(digest)).toMatchObject({ state: "done", reason: { error: null } });
  expect((await relay.post(order)).status).toBe(200);

  await lab.time.revert({ id });
  expect(await relay.post(order)).toMatchObject({ status: 202, order: { digest, state: "waiting", reason: null } });
  await relay.stop();
  expect(await stakeChanges(order.voter as Hex)).toBe(1);
});

type Relay = Awaited<ReturnType<RelayLab["relay"]>>;

async function gasLeft(relay: Relay): Promise<number> {
  return relayCostsAnswer.parse((await relay.get("/v1/costs")).body).limits.gasLeftThisHour;
}

async function doneAt(relay: Relay, digest: Hex): Promise<Hex | null> {
  const { state, transaction } = await relay.status(digest);
  return state === "done" ? transaction : null;
}
