/** What viem hashes and a key signs is what the contract accepts, for both kinds, and every other field makes another order. */

import { type Address, domainSeparator, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import { hashOrder, ORDER_KINDS, type Order, type OrderKind, ordersDomain, orderTypes } from "#protocol/typedData.ts";
import { type ContestLab, createContestLab, LAB_START, LAB_TIMES } from "../support/contestLab.ts";

const CHAIN = 31337;
const voter = privateKeyToAccount(`0x${"5a".repeat(32)}`);

let lab: ContestLab;
let contest: Address;

beforeAll(async () => {
  lab = await createContestLab();
  contest = (await lab.create(lab.openRules)).contest;
  const author = lab.chain.accounts[1] ?? lab.organiser;
  await lab.equip(author, contest);
  await lab.at(LAB_TIMES.entriesOpen);
  await lab.submit(contest, author);
  await lab.submit(contest, author);
  await lab.equip(await lab.chain.impersonate(voter.address), contest, parseEther("100"));
  await lab.chain.mineAt(LAB_START + LAB_TIMES.votesOpen);
});

afterAll(() => lab?.chain.close());

const at = () => ({ chainId: CHAIN, verifyingContract: contest });

async function carry(kind: OrderKind, order: Order, signature: `0x${string}`): Promise<number> {
  const { logs } = await lab.chain.write({
    from: lab.organiser,
    to: contest,
    abi: contestAbi,
    functionName: "carry",
    args: [[{ kind: ORDER_KINDS.indexOf(kind), ...order, signature }]],
  });
  return logs.length;
}

async function stakeOf(entryId: bigint): Promise<bigint> {
  const [stake] = await lab.chain.read({
    to: contest,
    abi: contestAbi,
    functionName: "stakeOf",
    args: [voter.address, entryId],
  });
  return stake;
}

const base: Order = {
  voter: voter.address,
  entryId: 1n,
  amount: parseEther("3"),
  nonce: 111n,
  deadline: BigInt(LAB_START) * 2n,
};

test("the hash that this side knows an order by is the one that the contract checks the signature against", async () => {
  // Signed over the hash alone: were it another one than the contract's, nobody would recover the voter.
  const drop = await voter.sign({ hash: hashOrder("Drop", base, at()) });
  await carry("Drop", base, drop);
  expect(await stakeOf(1n)).toBe(parseEther("3"));
  const back: Order = { ...base, amount: parseEther("1"), nonce: 0n };
  await carry("Withdraw", back, await voter.sign({ hash: hashOrder("Withdraw", back, at()) }));
  expect(await stakeOf(1n)).toBe(parseEther("2"));
});

test("typed data signed as a wallet signs it gives the same signature", async () => {
  const typed = await voter.signTypedData({
    domain: ordersDomain(at()),
    types: orderTypes,
    primaryType: "Drop",
    message: base,
  });
  expect(typed).toBe(await voter.sign({ hash: hashOrder("Drop", base, at()) }));
  expect(domainSeparator({ domain: ordersDomain(at()) })).toMatch(/^0x[0-9a-f]{64}$/);
});

test("an order changed in any field after it was signed does nothing", async () => {
  const order: Order = { ...base, nonce: 7n };
  const signature = await voter.sign({ hash: hashOrder("Drop", order, at()) });
  const balance = () =>
    lab.chain.read({ to: lab.coin, abi: demoCoinAbi, functionName: "balanceOf", args: [voter.address] });
  const before = [await stakeOf(1n), await stakeOf(2n), await balance()];
  const changed: readonly Order[] = [
    { ...order, voter: lab.organiser },
    { ...order, entryId: 2n },
    { ...order, amount: order.amount + 1n },
    { ...order, nonce: 8n },
    { ...order, deadline: order.deadline + 1n },
  ];
  for (const other of changed) await carry("Drop", other, signature);
  await carry("Withdraw", order, signature);
  expect([await stakeOf(1n), await stakeOf(2n), await balance()]).toEqual(before);
  await carry("Drop", order, signature);
  expect(await stakeOf(1n)).toBe(parseEther("5"));
});
