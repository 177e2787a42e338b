import { type Address, keccak256, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import type { Rules } from "#protocol/rules.ts";
import { permitTypes } from "#protocol/typedData.ts";
import { compileSolidity } from "../support/compileSolidity.ts";
import { type ContestLab, freshAddress, LAB_START, LAB_TIMES } from "../support/contestLab.ts";
import { bindByProof } from "./bindByProof.ts";
import { carriedOrders } from "./carriedOrders.ts";
import type { GasFigures } from "./gasTable.ts";
import { measureCode } from "./measureCode.ts";
import type { NodeFigures } from "./measureNodes.ts";

const COINS = parseEther("1.25");
const MANY = 100;

type Contest = { readonly contest: Address; readonly author: Address };

/** Runs every action of a contest in the table once, each as a transaction of its own, and returns what it used. */
export async function measureGas(lab: ContestLab): Promise<Omit<GasFigures, keyof NodeFigures>> {
  let people = 0;
  const person = async (contest: Address) => {
    people += 1;
    const wallet = await lab.chain.impersonate(freshAddress(people));
    await lab.equip(wallet, contest, parseEther("1000"));
    return wallet;
  };
  const act = actions(lab);

  const open = await openContest(lab, lab.openRules);
  const personal = await openContest(lab, lab.personRules);
  const crowds = {
    ten: await openContest(lab, lab.openRules),
    hundred: await openContest(lab, lab.openRules),
    thousand: await openContest(lab, lab.openRules),
    rising: await openContest(lab, lab.openRules),
  };

  const semaphoreVerify = await bindByProof(lab, [await person(open.contest), await person(open.contest)]);
  await lab.at(LAB_TIMES.entriesOpen);
  const entrant = await person(personal.contest);
  await lab.bind(personal.contest, entrant);
  const submitFirstEntry = await lab.submit(open.contest, open.author);
  const submitEntry = await lab.submit(open.contest, open.author);
  for (let i = 0; i < 8; i += 1) await lab.submit(open.contest, open.author);
  await lab.bind(personal.contest, personal.author);
  await lab.submit(personal.contest, personal.author);
  const submitEntryPerson = await lab.submit(personal.contest, entrant);
  await enter(lab, crowds.ten, 10);
  await enter(lab, crowds.hundred, 100);
  await enter(lab, crowds.thousand, 1_000);
  await enter(lab, crowds.rising, 1_000);
  await act.fund(crowds.ten, parseEther("1000"));

  // Inside the window, where a drop has the most to do, and after a first voter, who finds every entry without weight.
  await lab.at(LAB_TIMES.countFrom + 1_000);
  const floor = await floors(lab);
  for (const crowd of [open, crowds.ten, crowds.thousand]) {
    const early = await person(crowd.contest);
    await act.dropMany(crowd.contest, early, [1n, 2n, 3n, 4n, 5n], COINS);
  }
  const voter = await person(open.contest);
  const dropFirstOpen = await act.drop(open.contest, voter, 1n, COINS);
  const dropRepeatOpen = await act.drop(open.contest, voter, 1n, COINS);
  const moveNew = await act.move(open.contest, voter, 1n, 2n, COINS / 2n);
  const moveExisting = await act.move(open.contest, voter, 1n, 2n, COINS / 2n);
  const withdrawPart = await act.withdraw(open.contest, voter, 1n, COINS / 2n);
  const withdrawAll = await act.withdraw(open.contest, voter, 1n, COINS / 2n);
  const approve = await act.approve(voter);
  const buyer = await person(open.contest);
  const dropManyNew = await act.dropMany(open.contest, buyer, [1n, 2n, 3n, 4n, 5n], COINS);
  const dropManyRepeat = await act.dropMany(open.contest, buyer, [1n, 2n, 3n, 4n, 5n], COINS);
  const permits = await permitDrops(lab, open.contest);
  const orders = await carriedOrders(lab, open.contest);

  const supporter = await person(personal.contest);
  await act.drop(personal.contest, supporter, 1n, COINS);
  const dropFirstSupport = await act.drop(personal.contest, supporter, 2n, COINS);
  const bound = await person(personal.contest);
  const other = await person(personal.contest);
  await lab.bind(personal.contest, other);
  await act.drop(personal.contest, other, 1n, COINS);
  const bind = await lab.bind(personal.contest, bound);
  await act.drop(personal.contest, bound, 2n, COINS);
  const dropFirstPerson = await act.drop(personal.contest, bound, 1n, COINS);
  const dropRepeatPerson = await act.drop(personal.contest, bound, 1n, COINS);

  const amongTen = await act.drop(crowds.ten.contest, await person(crowds.ten.contest), 5n, COINS);
  const amongThousand = await act.drop(crowds.thousand.contest, await person(crowds.thousand.contest), 5n, COINS);

  await scatter(lab, crowds.ten, 10, await person(crowds.ten.contest), random);
  await scatter(lab, crowds.hundred, 100, await person(crowds.hundred.contest), random);
  await scatter(lab, crowds.thousand, 1_000, await person(crowds.thousand.contest), random);
  await scatter(
    lab,
    crowds.rising,
    1_000,
    await person(crowds.rising.contest),
    (entryId) => BigInt(entryId) * 10n ** 15n,
  );

  await lab.at(LAB_TIMES.votesClose);
  const count10 = await act.count(crowds.ten, 10n);
  const count100 = await act.count(crowds.hundred, 100n);
  const count1000 = await act.count(crowds.thousand, 1_000n);
  const count1000Rising = await act.count(crowds.rising, 1_000n);
  const finalize = await act.finalize(crowds.ten);
  const claim = await act.claim(crowds.ten, 2n);

  return {
    ...floor,
    approve,
    dropFirstOpen,
    dropRepeatOpen,
    dropFirstPerson,
    dropRepeatPerson,
    dropFirstSupport,
    ...permits,
    ...orders,
    dropManyNewEach: Math.round(dropManyNew / 5),
    dropManyRepeatEach: Math.round(dropManyRepeat / 5),
    withdrawPart,
    withdrawAll,
    moveNew,
    moveExisting,
    createContest: open.gas,
    createContestPerson: personal.gas,
    submitEntry,
    submitFirstEntry,
    submitEntryPerson,
    bind,
    semaphoreVerify,
    growth10to1000: amongThousand - amongTen,
    count10,
    count100,
    count1000,
    count1000Rising,
    finalize,
    claim,
    contestBytes: await measureCode(lab),
  };
}

function actions(lab: ContestLab) {
  const send = async (call: Parameters<typeof lab.chain.write<typeof contestAbi, "drop">>[0]) =>
    (await lab.chain.write(call)).gasUsed;
  const on = (contest: Address, from: Address) => ({ from, to: contest, abi: contestAbi }) as const;
  const used = async (receipt: Promise<{ gasUsed: number }>) => (await receipt).gasUsed;
  const { chain } = lab;
  return {
    drop: (contest: Address, from: Address, entryId: bigint, amount: bigint) =>
      send({ ...on(contest, from), functionName: "drop", args: [entryId, amount] }),
    dropMany: (contest: Address, from: Address, entryIds: bigint[], amount: bigint) =>
      used(
        chain.write({ ...on(contest, from), functionName: "dropMany", args: [entryIds, entryIds.map(() => amount)] }),
      ),
    withdraw: (contest: Address, from: Address, entryId: bigint, amount: bigint) =>
      used(chain.write({ ...on(contest, from), functionName: "withdraw", args: [entryId, amount] })),
    move: (contest: Address, from: Address, source: bigint, target: bigint, amount: bigint) =>
      used(chain.write({ ...on(contest, from), functionName: "move", args: [source, target, amount] })),
    count: ({ contest, author }: Contest, limit: bigint) =>
      used(chain.write({ ...on(contest, author), functionName: "count", args: [limit] })),
    finalize: ({ contest, author }: Contest) =>
      used(chain.write({ ...on(contest, author), functionName: "finalize", args: [] })),
    claim: ({ contest, author }: Contest, rank: bigint) =>
      used(chain.write({ ...on(contest, author), functionName: "claim", args: [rank] })),
    fund: ({ contest, author }: Contest, amount: bigint) =>
      used(chain.write({ ...on(contest, author), functionName: "fund", args: [amount] })),
    approve: (from: Address) =>
      used(
        chain.write({
          from,
          to: lab.coin,
          abi: demoCoinAbi,
          functionName: "approve",
          args: [lab.factory, 2n ** 256n - 1n],
        }),
      ),
  };
}

let authors = 0;

async function openContest(lab: ContestLab, rules: Rules): Promise<Contest & { gas: number }> {
  const { contest, gas } = await lab.create(rules);
  authors += 1;
  const author = await lab.chain.impersonate(freshAddress(1_000_000 + authors));
  await lab.equip(author, contest, parseEther("10000"));
  return { contest, author, gas };
}

async function enter(lab: ContestLab, { contest, author }: Contest, entries: number): Promise<void> {
  for (let i = 0; i < entries; i += 1) await lab.submit(contest, author);
}

/** Puts weight on every entry. `amount`: wei for an entry id. */
async function scatter(
  lab: ContestLab,
  { contest }: Contest,
  entries: number,
  from: Address,
  amount: (entryId: number) => bigint,
): Promise<void> {
  for (let first = 1; first <= entries; first += MANY) {
    const ids = Array.from({ length: Math.min(MANY, entries - first + 1) }, (_, i) => first + i);
    await lab.chain.write({
      from,
      to: contest,
      abi: contestAbi,
      functionName: "dropMany",
      args: [ids.map(BigInt), ids.map(amount)],
    });
  }
}

/** The same scattered amount for the same id, up to about 0.65 coins. Source: Knuth, multiplicative hashing. */
function random(entryId: number): bigint {
  return BigInt((entryId * 2_654_435_761) % 65_536) * 10n ** 13n + 1n;
}

async function floors(lab: ContestLab) {
  const contract = compileSolidity("Floor.sol", "Floor");
  const floor = await lab.chain.deploy(contract, [lab.coin], lab.organiser);
  await lab.equip(lab.organiser, floor, 0n);
  await lab.chain.write({
    from: lab.organiser,
    to: lab.coin,
    abi: demoCoinAbi,
    functionName: "transfer",
    args: [floor, COINS],
  });
  const call = async (functionName: "drop" | "dropWithoutCoin", entryId: bigint) => {
    const receipt = await lab.chain.write({
      from: lab.organiser,
      to: floor,
      abi: contract.abi,
      functionName,
      args: [entryId, COINS],
    });
    return receipt.gasUsed;
  };
  return {
    floorFirst: await call("drop", 1n),
    floorRepeat: await call("drop", 1n),
    floorFirstNoCoin: await call("dropWithoutCoin", 2n),
    floorRepeatNoCoin: await call("dropWithoutCoin", 2n),
  };
}

async function permitDrops(lab: ContestLab, contest: Address) {
  const signer = privateKeyToAccount(keccak256("0x04"));
  await lab.chain.impersonate(signer.address);
  await lab.chain.write({
    from: lab.organiser,
    to: lab.coin,
    abi: demoCoinAbi,
    functionName: "transfer",
    args: [signer.address, COINS * 10n],
  });
  const deadline = BigInt(LAB_START) * 2n;
  const once = async (nonce: bigint) => {
    const signature = await signer.signTypedData({
      domain: { name: "Coindrop demo coin", version: "1", chainId: 31337, verifyingContract: lab.coin },
      types: permitTypes,
      primaryType: "Permit",
      message: { owner: signer.address, spender: contest, value: COINS, nonce, deadline },
    });
    const [r, s, v] = [signature.slice(0, 66), `0x${signature.slice(66, 130)}`, Number(`0x${signature.slice(130)}`)];
    const receipt = await lab.chain.write({
      from: signer.address,
      to: contest,
      abi: contestAbi,
      functionName: "dropWithPermit",
      args: [1n, COINS, deadline, v, r as `0x${string}`, s as `0x${string}`],
    });
    return receipt.gasUsed;
  };
  return { permitFirst: await once(0n), permitRepeat: await once(1n) };
}
