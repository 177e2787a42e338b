/** Real Semaphore proofs against Semaphore as its makers ship it, its verifier and a group, on a simulated chain. */

import { Group, Identity, type SemaphoreProof } from "@semaphore-protocol/core";
import { type Address, getAddress, numberToHex, parseEther, toHex } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { semaphoreAbi, semaphorePersonhoodAbi } from "#protocol/personhoodAbi.ts";
import { encodeSemaphoreProof, SEMAPHORE_DEPTH } from "#protocol/semaphoreProof.ts";
import { personScope } from "#protocol/typedData.ts";
import { endProving } from "../../../scripts/semaphore/endProving.ts";
import { type ContestLab, createContestLab, freshAddress, LAB_START, LAB_TIMES } from "../../support/contestLab.ts";
import { createSemaphoreLab, type SemaphoreLab, TREE_DURATION } from "../../support/semaphoreLab.ts";
import { RevertedError } from "../../support/simulatedChain.ts";

/** Order of the group that the curve's points form: numbers that differ by it are one number to the proof. */
const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** What `bind` may say no with: the contest, the adapter, Semaphore. */
const abi = [...contestAbi, ...semaphorePersonhoodAbi, ...semaphoreAbi] as const;

const [ada, bela] = [new Identity("ada"), new Identity("bela")];

let lab: ContestLab;
let persons: SemaphoreLab;
let contest: Address;
let alice: Address;
let mallory: Address;
/** Ada's proof for Alice's wallet, made once. */
let adas: SemaphoreProof;
let snapshot: unknown;

beforeAll(async () => {
  lab = await createContestLab();
  persons = await createSemaphoreLab(lab);
  contest = await contestOf(persons.adapter);
  alice = await lab.chain.impersonate(freshAddress(1));
  mallory = await lab.chain.impersonate(freshAddress(2));
  await persons.admit(ada, bela);
  adas = await persons.prove(ada, { wallet: alice, contest });
});

beforeEach(async () => {
  if (snapshot !== undefined) await lab.chain.provider.request({ method: "evm_revert", params: [snapshot] });
  snapshot = await lab.chain.provider.request({ method: "evm_snapshot" });
  persons.members.splice(0, persons.members.length, ada.commitment, bela.commitment);
});

afterAll(async () => {
  await endProving();
  await lab.chain.close();
});

test("a member's real proof makes a wallet a person, whose coins weigh", async () => {
  const deep = await persons.prove(ada, { wallet: alice, contest, depth: SEMAPHORE_DEPTH });
  expect(deep.nullifier).toBe(adas.nullifier);
  await bind(alice, deep);
  const nullifier = numberToHex(BigInt(deep.nullifier), { size: 32 });
  expect(await lab.chain.read({ to: contest, abi, functionName: "walletOf", args: [nullifier] })).toBe(
    getAddress(alice),
  );

  const author = await lab.chain.impersonate(freshAddress(3));
  await bind(author, await persons.prove(bela, { wallet: author, contest }));
  await lab.equip(author, contest);
  await lab.equip(alice, contest);
  await lab.at(LAB_TIMES.entriesOpen);
  await lab.submit(contest, author);
  await lab.at(LAB_TIMES.votesOpen);
  await lab.chain.write({ from: alice, to: contest, abi, functionName: "drop", args: [1n, parseEther("4")] });
  const [stake, weight] = await lab.chain.read({ to: contest, abi, functionName: "stakeOf", args: [alice, 1n] });
  expect([stake, weight]).toEqual([4_000_000_000_000_000_000n, 2_000_000_000n]);
});

test("a proof says nothing about who made it: nullifiers of one person in two contests share nothing", async () => {
  const other = await contestOf(persons.adapter);
  const there = await persons.prove(ada, { wallet: alice, contest: other });
  expect(there.nullifier).not.toBe(adas.nullifier);
  await bind(alice, adas);
  await bind(alice, there, other);
});

describe("threat 28", () => {
  test("threat 28: a copied proof is worthless in another wallet's hands", async () => {
    await expect(bind(mallory, adas)).rejects.toThrow(`SemaphorePersonhood_AnotherWallet(${BigInt(alice)})`);
    await bind(alice, adas);
  });

  test("threat 28: a copied proof whose message was rewritten does not hold", async () => {
    await expect(bind(mallory, { ...adas, message: BigInt(mallory).toString() })).rejects.toThrow(
      "SemaphorePersonhood_NotProven()",
    );
    // Numbers that the curve takes for one are two to the adapter, and to the hash that Semaphore proves.
    await expect(bind(alice, { ...adas, message: (BigInt(alice) + FIELD).toString() })).rejects.toThrow(
      "SemaphorePersonhood_AnotherWallet",
    );
  });

  test("threat 28: a proof for another contest is refused, and so is one whose scope was rewritten", async () => {
    const other = await contestOf(persons.adapter);
    await expect(bind(alice, adas, other)).rejects.toThrow(`SemaphorePersonhood_AnotherScope(${adas.scope})`);
    const rewritten = BigInt(personScope(31337, other)).toString();
    await expect(bind(alice, { ...adas, scope: rewritten }, other)).rejects.toThrow("SemaphorePersonhood_NotProven()");
  });

  test("threat 28: a proof for the same contest on another chain is refused", async () => {
    const elsewhere = await persons.prove(ada, { wallet: alice, contest, chainId: 1 });
    await expect(bind(alice, elsewhere)).rejects.toThrow("SemaphorePersonhood_AnotherScope");
  });

  test("threat 28: the same person's second wallet is refused by the contest", async () => {
    await bind(alice, adas);
    const again = await persons.prove(ada, { wallet: mallory, contest });
    expect(again.nullifier).toBe(adas.nullifier);
    await expect(bind(mallory, again)).rejects.toThrow("Persons_NullifierUsed");
  });

  test("threat 28: a nullifier has one form; another number for the same point of the field is refused", async () => {
    await bind(alice, adas);
    const again = await persons.prove(ada, { wallet: mallory, contest });
    const alias = { ...again, nullifier: (BigInt(again.nullifier) + FIELD).toString() };
    await expect(bind(mallory, alias)).rejects.toThrow("SemaphorePersonhood_NotProven()");
    const forged = { ...again, nullifier: (BigInt(again.nullifier) + 1n).toString() };
    await expect(bind(mallory, forged)).rejects.toThrow("SemaphorePersonhood_NotProven()");
  });

  test("threat 28: a bound wallet is not bound again, whoever proves", async () => {
    await bind(alice, adas);
    const belas = await persons.prove(bela, { wallet: alice, contest });
    await expect(bind(alice, belas)).rejects.toThrow(`Persons_WalletBound(${getAddress(alice)})`);
  });

  test("threat 28: nobody burns another's proof, not even by spending its nullifier in Semaphore itself", async () => {
    const spent = await lab.chain.write({
      from: mallory,
      to: persons.semaphore,
      abi: semaphoreAbi,
      functionName: "validateProof",
      args: [
        persons.groupId,
        {
          merkleTreeDepth: BigInt(adas.merkleTreeDepth),
          merkleTreeRoot: BigInt(adas.merkleTreeRoot),
          nullifier: BigInt(adas.nullifier),
          message: BigInt(adas.message),
          scope: BigInt(adas.scope),
          points: adas.points.map(BigInt) as never,
        },
      ],
    });
    expect(spent.logs).toHaveLength(1);
    await expect(bind(mallory, adas)).rejects.toThrow(RevertedError);
    const receipt = await bind(alice, adas);
    // One event, the contest's: Semaphore was only asked.
    expect(receipt.logs.map(({ address }) => address.toLowerCase())).toEqual([contest.toLowerCase()]);
  });

  test.each([0, 3, 7])("threat 28: a proof whose point %i was tampered with does not hold", async (index) => {
    const points = adas.points.map((point, at) => (at === index ? (BigInt(point) ^ 1n).toString() : point));
    await expect(bind(alice, { ...adas, points })).rejects.toThrow("SemaphorePersonhood_NotProven()");
    const zeros = adas.points.map(() => "0");
    await expect(bind(alice, { ...adas, points: zeros })).rejects.toThrow("SemaphorePersonhood_NotProven()");
  });

  test("threat 28: who is not in the group proves nothing, neither with another group nor with an own tree", async () => {
    const stranger = new Identity("stranger");
    const own = new Group([ada.commitment, bela.commitment, stranger.commitment]);
    const proof = await persons.prove(stranger, { wallet: mallory, contest, group: own });
    await expect(bind(mallory, proof)).rejects.toThrow("Semaphore__MerkleTreeRootIsNotPartOfTheGroup()");
    const renamed = { ...proof, merkleTreeRoot: adas.merkleTreeRoot };
    await expect(bind(mallory, renamed)).rejects.toThrow("SemaphorePersonhood_NotProven()");
  });

  test("threat 28: a member of another group of the same Semaphore is nobody here", async () => {
    const { adapter } = await persons.openGroup();
    const other = await contestOf(adapter);
    const proof = await persons.prove(ada, { wallet: alice, contest: other });
    await expect(bind(alice, proof, other)).rejects.toThrow("Semaphore__GroupHasNoMembers()");
  });
});

describe("roots", () => {
  test("the current root never expires", async () => {
    await lab.chain.mineAt(LAB_START + 10 * 365 * 86_400);
    await bind(alice, adas);
  });

  test("an older root is good for merkleTreeDuration seconds after it arose, and not one more", async () => {
    const arose = await now();
    await persons.admit(new Identity("third"));
    await lab.chain.setNextTime(arose + TREE_DURATION);
    await bind(alice, adas);
  });

  test("a proof for an expired root is refused, and a new one by the same person is taken", async () => {
    const arose = await now();
    await persons.admit(new Identity("fourth"));
    await lab.chain.mineAt(arose + TREE_DURATION + 1);
    await expect(bind(alice, adas)).rejects.toThrow("Semaphore__MerkleTreeRootIsExpired()");
    await bind(alice, await persons.prove(ada, { wallet: alice, contest }));
  });

  test("a member who was put out binds with an older root while it is good, and never after", async () => {
    const arose = await now();
    await persons.expel(ada);
    await lab.chain.setNextTime(arose + TREE_DURATION);
    await bind(alice, adas);

    const belas = await persons.prove(bela, { wallet: mallory, contest });
    await persons.expel(bela);
    await lab.chain.mineAt((await now()) + TREE_DURATION + 1);
    await expect(bind(mallory, belas)).rejects.toThrow("Semaphore__MerkleTreeRootIsExpired()");
  });
});

describe("depths", () => {
  test.each([0n, 33n, 2n ** 256n - 1n])("a depth of %i is refused", async (depth) => {
    const proof = bytesWith(0, depth);
    await expect(bindBytes(alice, proof)).rejects.toThrow("Semaphore__MerkleTreeDepthIsNotSupported()");
  });

  test("a proof made for one depth does not hold for another", async () => {
    await expect(bindBytes(alice, bytesWith(0, 3n))).rejects.toThrow("SemaphorePersonhood_NotProven()");
  });
});

test("scope and message may be any 256 bits: the hash that is proven has 248", async () => {
  const [wallet, scope] = [`0x${"f".repeat(40)}` as Address, toHex(2n ** 256n - 1n)];
  const { generateProof } = await import("@semaphore-protocol/core");
  const { snarkFiles } = await import("../../../scripts/semaphore/snarkFiles.ts");
  const group = new Group([ada.commitment, bela.commitment]);
  const proof = await generateProof(ada, group, BigInt(wallet), BigInt(scope), 1, snarkFiles(1));
  expect(await persons.verify(wallet, scope, encodeSemaphoreProof(proof))).toBe(
    numberToHex(BigInt(proof.nullifier), { size: 32 }),
  );
  const scopeInTheField = toHex((2n ** 256n - 1n) % FIELD, { size: 32 });
  const aliased = encodeSemaphoreProof({ ...proof, scope: BigInt(scopeInTheField).toString() });
  await expect(persons.verify(wallet, scopeInTheField, aliased)).rejects.toThrow();
});

async function contestOf(adapter: Address): Promise<Address> {
  const { contest: created } = await lab.create({ ...lab.personRules, personhood: adapter });
  return created;
}

function bind(wallet: Address, proof: SemaphoreProof, to: Address = contest) {
  return bindBytes(wallet, encodeSemaphoreProof(proof), to);
}

function bindBytes(from: Address, proof: `0x${string}`, to: Address = contest) {
  return lab.chain.write({ from, to, abi, functionName: "bind", args: [proof] });
}

/** Ada's proof with one of its words replaced. */
function bytesWith(word: number, value: bigint): `0x${string}` {
  const bytes = encodeSemaphoreProof(adas);
  const at = 2 + word * 64;
  return `0x${bytes.slice(2, at)}${toHex(value, { size: 32 }).slice(2)}${bytes.slice(at + 64)}`;
}

async function now(): Promise<number> {
  const block = (await lab.chain.provider.request({
    method: "eth_getBlockByNumber",
    params: ["latest", false],
  })) as { timestamp: string };
  return Number(block.timestamp);
}
