import {
  type Address,
  encodeAbiParameters,
  encodeDeployData,
  encodeFunctionData,
  erc20Abi,
  type Hex,
  parseEther,
  parseSignature,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import { walletOf } from "../../../scripts/chainClients.ts";
import { devAccounts, localChain } from "../../../scripts/start/localChain.ts";
import { compileSolidity } from "../../support/compileSolidity.ts";
import { createRelayLab, DAY, type RelayLab } from "./relayLab.ts";

let lab: RelayLab;
let relay: Awaited<ReturnType<RelayLab["relay"]>>;

beforeAll(async () => {
  lab = await createRelayLab();
  relay = await lab.relay();
});

afterAll(() => lab?.close());

test("a voter without ether drops coins and takes them back, and pays nothing", async () => {
  const voter = await lab.voter("10");
  const dropped = await relay.settled(await relay.give(await lab.order(voter)));
  expect(dropped).toMatchObject({ state: "done", kind: "Drop", reason: null });
  expect(dropped.transaction).toMatch(/^0x[0-9a-f]{64}$/);
  expect(await lab.stakeOf(voter.address)).toBe(parseEther("1"));

  const back = await lab.order(voter, { kind: "Withdraw", nonce: 1 });
  expect(await relay.settled(await relay.give(back))).toMatchObject({ state: "done", kind: "Withdraw" });
  expect(await lab.balanceOf(voter.address)).toBe(parseEther("10"));
  expect(await lab.client.getBalance({ address: voter.address })).toBe(0n);
  expect(await lab.client.getTransactionCount({ address: voter.address })).toBe(1); // the allowance of this test's own
});

test("a permit spares the voter the allowance too", async () => {
  const voter = await lab.voter("10", 0n);
  const permit = await lab.permit(voter, parseEther("2"));
  const order = await lab.order(voter, { amount: parseEther("2").toString(), permit });
  expect(await relay.settled(await relay.give(order))).toMatchObject({ state: "done" });
  expect(await lab.stakeOf(voter.address)).toBe(parseEther("2"));
  expect(await lab.client.getTransactionCount({ address: voter.address })).toBe(0);
});

test("somebody who uses up the permit first stops nothing", async () => {
  const patient = await lab.relay(["--batch-ms", "600000", "--orders-per-batch", "2"]);
  const voter = await lab.voter("10", 0n);
  const permit = await lab.permit(voter, parseEther("2"));
  const digest = await patient.give(await lab.order(voter, { permit }));
  const { r, s, v } = parseSignature(permit.signature as Hex);
  const args = [voter.address, lab.contest, parseEther("2"), BigInt(permit.deadline), Number(v), r, s];
  await lab.write(lab.organiser, lab.coin, demoCoinAbi, "permit", args);
  await patient.give(await lab.order(await lab.voter()));
  expect((await patient.settled(digest)).state).toBe("done");
  expect(await lab.stakeOf(voter.address)).toBe(parseEther("1"));
  await patient.stop();
});

test("without a permit a short allowance is refused, in words", async () => {
  const voter = await lab.voter("10", 0n);
  const answer = await relay.post(await lab.order(voter));
  expect(answer.status).toBe(422);
  expect(answer.error?.reason?.error).toBe("ERC20InsufficientAllowance");
  expect(answer.error?.message).toContain("add a permit");
});

test("orders of several voters share a transaction", async () => {
  const patient = await lab.relay(["--batch-ms", "600000", "--orders-per-batch", "4"]);
  const digests: Hex[] = [];
  for (let i = 0; i < 4; i++) digests.push(await patient.give(await lab.order(await lab.voter())));
  const settled = await Promise.all(digests.map((digest) => patient.settled(digest)));
  expect(settled.map(({ state }) => state)).toEqual(["done", "done", "done", "done"]);
  expect(new Set(settled.map(({ transaction }) => transaction)).size).toBe(1);
  await patient.stop();
});

test("a bad order among good ones costs only itself", async () => {
  const patient = await lab.relay(["--batch-ms", "600000", "--orders-per-batch", "3"]);
  const [first, poor, third] = [await lab.voter(), await lab.voter(), await lab.voter()];
  const good = await patient.give(await lab.order(first));
  const bad = await patient.give(await lab.order(poor));
  // The coins leave after the relay has seen them.
  await lab.clock.setBalance(poor.address, parseEther("1"));
  await lab.write(poor, lab.coin, erc20Abi, "transfer", [first.address, parseEther("10")]);
  const alsoGood = await patient.give(await lab.order(third));
  expect((await patient.settled(good)).state).toBe("done");
  expect((await patient.settled(alsoGood)).state).toBe("done");
  expect(await patient.settled(bad)).toMatchObject({
    state: "skipped",
    transaction: null,
    reason: { error: "ERC20InsufficientBalance" },
  });
  await patient.stop();
});

test("an account that lent its address some code still votes with its key", async () => {
  const voter = await lab.voter();
  const { abi, bytecode } = compileSolidity("TestWallet.sol", "TestWallet");
  const wallet = walletOf(localChain(lab.chain.url), devAccounts().keeper);
  const deployed = await lab.client.waitForTransactionReceipt({
    hash: await wallet.sendTransaction({ data: encodeDeployData({ abi, bytecode, args: [lab.organiser.address] }) }),
  });
  const nonce = await lab.client.getTransactionCount({ address: voter.address });
  const authorization = await voter.signAuthorization({
    chainId: 31337,
    nonce,
    contractAddress: deployed.contractAddress as Address,
  });
  await lab.client.waitForTransactionReceipt({
    hash: await wallet.sendTransaction({
      to: lab.organiser.address,
      authorizationList: [authorization],
      gas: 200_000n,
    }),
  });
  expect(await lab.client.getCode({ address: voter.address })).toMatch(/^0xef0100/);
  expect((await relay.settled(await relay.give(await lab.order(voter)))).state).toBe("done");
  expect(await lab.stakeOf(voter.address)).toBe(parseEther("1"));
});

test("a wallet that is a contract votes by what it accepts (ERC-1271)", async () => {
  const owner = privateKeyToAccount(generatePrivateKey());
  await lab.clock.setBalance(owner.address, parseEther("1"));
  const { abi, bytecode } = compileSolidity("TestWallet.sol", "TestWallet");
  const ownerWallet = walletOf(localChain(lab.chain.url), owner);
  const deployed = await lab.client.waitForTransactionReceipt({
    hash: await ownerWallet.sendTransaction({ data: encodeDeployData({ abi, bytecode, args: [owner.address] }) }),
  });
  const address = deployed.contractAddress as Address;
  await lab.write(lab.organiser, lab.coin, erc20Abi, "transfer", [address, parseEther("5")]);
  const approve = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [lab.contest, parseEther("5")] });
  await lab.write(owner, address, abi, "execute", [lab.coin, approve]);

  const signed = await lab.order(owner, { voter: address });
  const { r, s, v } = parseSignature(signed.signature as Hex);
  const asWallet = encodeAbiParameters(
    [{ type: "bytes32" }, { type: "bytes32" }, { type: "uint8" }],
    [r, s, Number(v)],
  );
  expect((await relay.settled(await relay.give({ ...signed, signature: asWallet }))).state).toBe("done");
  expect(await lab.stakeOf(address)).toBe(parseEther("1"));

  const stranger = privateKeyToAccount(generatePrivateKey());
  const forged = await lab.order(stranger, { voter: address, nonce: 1 });
  const parts = parseSignature(forged.signature as Hex);
  const forgedAsWallet = encodeAbiParameters(
    [{ type: "bytes32" }, { type: "bytes32" }, { type: "uint8" }],
    [parts.r, parts.s, Number(parts.v)],
  );
  const answer = await relay.post({ ...forged, signature: forgedAsWallet });
  expect([answer.status, answer.error?.reason?.error]).toEqual([422, "Orders_BadSignature"]);
});

test("a wallet that exists on paper only is told to be deployed first", async () => {
  const owner = privateKeyToAccount(generatePrivateKey());
  const order = await lab.order(owner, { voter: "0x00000000000000000000000000000000000000f1" });
  const suffix = "6492".repeat(16);
  const answer = await relay.post({ ...order, signature: `0x${"00".repeat(64)}${suffix}` });
  expect(answer.error?.reason?.error).toBe("Orders_NotDeployed");
  expect(answer.error?.message).toContain("deploy it first");
});

test("an order is carried once: not again here, not in another contest, not on another chain", async () => {
  const voter = await lab.voter();
  const order = await lab.order(voter);
  const digest = await relay.give(order);
  expect((await relay.settled(digest)).state).toBe("done");
  // The same order again is the same order.
  expect(await relay.post(order)).toMatchObject({ status: 200, order: { digest, state: "done" } });
  // A relay that does not know it asks the contract.
  const other = await lab.relay();
  expect((await other.post(order)).error?.reason?.error).toBe("Orders_NonceSpent");
  expect((await relay.post({ ...order, contest: lab.otherContest })).error?.reason?.error).toBe("Orders_BadSignature");
  const elsewhere = await lab.order(voter, { nonce: 1, chainId: 1 });
  expect((await relay.post(elsewhere)).error?.reason?.error).toBe("Orders_BadSignature");
  expect(await lab.stakeOf(voter.address)).toBe(parseEther("1"));
  await other.stop();
});

test("what would fail is refused, with the contract's reason", async () => {
  const voter = await lab.voter();
  const now = (await lab.client.getBlock()).timestamp;
  const refusal = async (fields: Parameters<RelayLab["order"]>[1]) =>
    (await relay.post(await lab.order(voter, fields))).error;
  expect((await refusal({ deadline: String(now - 10n) }))?.reason?.error).toBe("Orders_Expired");
  expect((await refusal({ deadline: String(now + 5n) }))?.parameter).toBe("deadline");
  expect((await refusal({ entryId: "9" }))?.reason?.error).toBe("Entries_NotLive");
  expect((await refusal({ amount: "0" }))?.reason?.error).toBe("Ballots_NoAmount");
  expect((await refusal({ amount: parseEther("11").toString() }))?.reason?.error).toBe("ERC20InsufficientBalance");
  expect((await refusal({ kind: "Withdraw" }))?.reason?.error).toBe("Ballots_Insufficient");
});

test("a voter cancels an order that waits, and it is not carried", async () => {
  const patient = await lab.relay(["--batch-ms", "600000", "--orders-per-batch", "2"]);
  const voter = await lab.voter();
  const digest = await patient.give(await lab.order(voter, { nonce: 5 }));
  await lab.clock.setBalance(voter.address, parseEther("1"));
  await lab.write(voter, lab.contest, contestAbi, "cancel", [1n, 1n << 5n]);
  const other = await patient.give(await lab.order(await lab.voter()));
  expect((await patient.settled(other)).state).toBe("done");
  expect(await patient.settled(digest)).toMatchObject({ state: "skipped", reason: { error: "Orders_NonceSpent" } });
  expect(await lab.stakeOf(voter.address)).toBe(0n);
  await patient.stop();
});

test("after the close coins come back without gas, and none go in", async () => {
  const voter = await lab.voter();
  await relay.settled(await relay.give(await lab.order(voter)));
  await lab.clock.advanceTo(lab.rules.votesClose + DAY);
  await lab.time.mine({ blocks: 1 });
  expect((await relay.post(await lab.order(voter, { nonce: 1 }))).error?.reason?.error).toBe("Contest_WrongPhase");
  const back = await lab.order(voter, { kind: "Withdraw", nonce: 1 });
  expect((await relay.settled(await relay.give(back))).state).toBe("done");
  expect(await lab.balanceOf(voter.address)).toBe(parseEther("10"));
});
