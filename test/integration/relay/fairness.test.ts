import { DatabaseSync } from "node:sqlite";
import { type Address, encodeDeployData, encodeFunctionData, erc20Abi, type Hex, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { signedOrderSchema } from "#protocol/relay.ts";
import { walletOf } from "../../../scripts/chainClients.ts";
import { carryData } from "../../../scripts/relay/carryData.ts";
import { devAccounts, localChain } from "../../../scripts/start/localChain.ts";
import { compileSolidity } from "../../support/compileSolidity.ts";
import { createRelayLab, type RelayLab } from "./relayLab.ts";

// What one voter, one contest or one permit may take from the others, and who is to blame for it.

let lab: RelayLab;

beforeAll(async () => {
  lab = await createRelayLab();
});

afterAll(() => lab?.close());

const TOO_MANY = [429, "Too many orders of this voter failed on the chain today."];

test("an order that fails on the chain and is posted again and again is soon refused", async () => {
  const { abi, bytecode } = compileSolidity("TestWallets.sol", "FickleWallet");
  const wallet = walletOf(localChain(lab.chain.url), devAccounts().keeper);
  const { contractAddress } = await lab.client.waitForTransactionReceipt({
    hash: await wallet.sendTransaction({ data: encodeDeployData({ abi, bytecode, args: [lab.coin, lab.contest] }) }),
  });
  const voter = contractAddress as Address;
  await lab.write(lab.organiser, lab.coin, erc20Abi, "transfer", [voter, parseEther("5")]);
  const relay = await lab.relay();
  const signed = await lab.order(privateKeyToAccount(generatePrivateKey()), { voter });
  const before = await lab.carried();
  for (let i = 0; i < 3; i++) {
    const settled = await relay.settled(await relay.give(signed));
    expect(settled).toMatchObject({ state: "skipped", reason: { error: "Orders_BadSignature" } });
    expect(settled.transaction).not.toBe(null);
  }
  const { status, error } = await relay.post(signed);
  expect([status, error?.message]).toEqual(TOO_MANY);
  expect(await lab.carried()).toBe(before + 3);
  await relay.stop();
});

test("an order given up after its permit was paid for counts as wasted", async () => {
  const voter = await lab.voter("10", 0n);
  const relay = await lab.relay();
  const leave = encodeFunctionData({
    abi: erc20Abi,
    functionName: "transfer",
    args: [lab.organiser.address, parseEther("10")],
  });
  for (const [nonce, amount] of [1, 2, 3].entries()) {
    const wei = parseEther(String(amount));
    const order = await lab.order(voter, {
      nonce,
      amount: wei.toString(),
      permit: await lab.permit(voter, wei),
    });
    await lab.time.setAutomine(false);
    const digest = await relay.give(order);
    await lab.sending();
    await lab.hurry(voter, lab.coin, leave);
    await lab.time.mine({ blocks: 1 });
    await lab.time.setAutomine(true);
    expect(await relay.settled(digest)).toMatchObject({
      state: "skipped",
      transaction: null,
      reason: { error: "ERC20InsufficientBalance" },
    });
    await lab.write(lab.organiser, lab.coin, erc20Abi, "transfer", [voter.address, parseEther("10")]);
  }
  const fourth = await relay.post(
    await lab.order(voter, {
      nonce: 3,
      amount: parseEther("4").toString(),
      permit: await lab.permit(voter, parseEther("4")),
    }),
  );
  expect([fourth.status, fourth.error?.message]).toEqual(TOO_MANY);
  await relay.stop();
});

test("orders that need no permit go before one that does", async () => {
  const relay = await lab.relay(["--batch-ms", "600000", "--orders-per-batch", "3"]);
  const needy = await lab.voter("10", 0n);
  const permit = await lab.permit(needy, parseEther("1"));
  await lab.time.setAutomine(false);
  try {
    const late = await relay.give(await lab.order(needy, { permit }));
    await lab.time.setAutomine(true);
    const others = [await lab.voter(), await lab.voter()];
    await lab.time.setAutomine(false);
    const digests: Hex[] = [];
    for (const other of others) digests.push(await relay.give(await lab.order(other)));
    await lab.sending();
    for (const digest of digests) expect((await relay.status(digest)).state).toBe("sent");
    expect((await relay.status(late)).state).toBe("waiting");
  } finally {
    await lab.time.setAutomine(true);
  }
  await lab.time.mine({ blocks: 1 });
  await relay.stop();
  expect(await lab.stakeOf(needy.address)).toBe(parseEther("1"));
});

test("permits and batches take turns: a permit does not wait until nobody else comes", async () => {
  const relay = await lab.relay(["--orders-per-batch", "1"]);
  const [first, needy, second, third] = [
    await lab.voter(),
    await lab.voter("10", 0n),
    await lab.voter(),
    await lab.voter(),
  ];
  const permit = await lab.permit(needy, parseEther("1"));
  await lab.time.setAutomine(false);
  const digests: Hex[] = [];
  try {
    await relay.give(await lab.order(first));
    await lab.sending();
    digests.push(await relay.give(await lab.order(needy, { permit })));
    for (const voter of [second, third]) digests.push(await relay.give(await lab.order(voter)));
  } finally {
    await lab.time.setAutomine(true);
  }
  await lab.time.mine({ blocks: 1 });
  const blocks: number[] = [];
  for (const digest of digests) blocks.push((await relay.settled(digest)).block ?? 0);
  expect(blocks).toEqual(blocks.toSorted((a, b) => a - b));
  await relay.stop();
});

test("a batch is only as large as the budget holds if each order costs the most it can", async () => {
  // The worst of three is 2.2 million gas, of two 1.6.
  const relay = await lab.relay([
    ...["--batch-ms", "600000", "--orders-per-batch", "3", "--gas-per-hour", "2000000", "--contest-share", "100"],
  ]);
  const digests: Hex[] = [];
  for (let i = 0; i < 3; i++) digests.push(await relay.give(await lab.order(await lab.voter())));
  const settled = await Promise.all(digests.slice(0, 2).map((digest) => relay.settled(digest)));
  expect(settled.map(({ state }) => state)).toEqual(["done", "done"]);
  expect(settled[0]?.transaction).toBe(settled[1]?.transaction);
  expect((await relay.status(digests[2] ?? "0x")).state).toBe("waiting");
  await relay.stop();
});

test("what is paid in a day has an end, whatever the gas", async () => {
  // The first order's worst, with fees that can rise by a quarter, is about 2.5 million gwei; then less is left.
  const relay = await lab.relay(["--ether-per-day", "0.0000001"]);
  const { status, error } = await relay.post(await lab.order(await lab.voter()));
  expect([status, error?.message]).toEqual([
    503,
    "This relay has given what it gives in a day; try again later or pay yourself.",
  ]);
  const limits = (await relay.get("/v1/costs")).body["limits"];
  expect(limits).toMatchObject({ weiPerDay: "100000000000", weiLeftToday: "100000000000" });
  await relay.stop();
});

test("one contest cannot use up what is there for the others", async () => {
  const relay = await lab.relay(["--gas-per-hour", "2300000"]);
  await relay.settled(await relay.give(await lab.order(await lab.voter())));
  const refused = await relay.post(await lab.order(await lab.voter()));
  expect([refused.status, refused.error?.message]).toEqual([
    503,
    "This relay has given what it gives to one contest for now; try again later or pay yourself.",
  ]);
  const other = await lab.voter("10", parseEther("10"), lab.otherContest);
  const digest = await relay.give(await lab.order(other, { contest: lab.otherContest }));
  expect((await relay.settled(digest)).state).toBe("done");
  await relay.stop();
});

test("an order that somebody else carries first is done, and nobody is blamed", async () => {
  const state = lab.stateFile();
  const relay = await lab.relay(["--batch-ms", "600000", "--orders-per-batch", "2"], state);
  const byOther = { state: "done", reason: { message: expect.stringContaining("carried by another") } };
  // While it waits:
  const early = await lab.order(await lab.voter());
  const waits = await relay.give(early);
  const hash = await lab.hurry(lab.organiser, lab.contest, carryData([signedOrderSchema.parse(early)]));
  await lab.client.waitForTransactionReceipt({ hash });
  const voter = await lab.voter();
  const order = await lab.order(voter);
  // And on its way:
  await lab.time.setAutomine(false);
  const digest = await relay.give(order);
  await lab.sending();
  const quicker = await lab.hurry(lab.organiser, lab.contest, carryData([signedOrderSchema.parse(order)]));
  await lab.time.mine({ blocks: 1 });
  await lab.time.setAutomine(true);
  expect(await relay.settled(waits)).toMatchObject({ ...byOther, transaction: hash });
  expect(await relay.settled(digest)).toMatchObject({ ...byOther, transaction: quicker });
  await relay.stop();
  const books = new DatabaseSync(state, { readOnly: true });
  expect(books.prepare("SELECT what FROM attempts").all()).toEqual([{ what: "accepted" }, { what: "accepted" }]);
  books.close();
});

test("a nonce that its voter cancels while the order is on its way is no waste, and is said", async () => {
  const state = lab.stateFile();
  const relay = await lab.relay([], state);
  const voter = await lab.voter();
  await lab.time.setAutomine(false);
  const digest = await relay.give(await lab.order(voter, { nonce: 7 }));
  await lab.sending();
  const cancel = encodeFunctionData({ abi: contestAbi, functionName: "cancel", args: [1n, 1n << 7n] });
  await lab.hurry(voter, lab.contest, cancel);
  await lab.time.mine({ blocks: 1 });
  await lab.time.setAutomine(true);
  const settled = await relay.settled(digest);
  expect(settled).toMatchObject({ state: "skipped", reason: { error: "Orders_NonceSpent" } });
  expect(settled.reason?.message).toContain("Nonce already used");
  await relay.stop();
  const books = new DatabaseSync(state, { readOnly: true });
  expect(books.prepare("SELECT what FROM attempts").all()).toEqual([{ what: "accepted" }]);
  books.close();
});
