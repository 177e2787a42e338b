import { type Address, encodeAbiParameters, type Hex, keccak256, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { contestAbi, contestFactoryAbi, demoCoinAbi } from "#protocol/abi.ts";
import type { Rules } from "#protocol/rules.ts";
import { ZERO_ADDRESS } from "#protocol/rules.ts";
import { credentialTypes, personsDomain } from "#protocol/typedData.ts";
import { compiled, createSimulatedChain } from "./simulatedChain.ts";

const CHAIN_ID = 31337;
const DECLARATION = keccak256("0x01");
const issuer = privateKeyToAccount(keccak256("0x02"));

/** Seconds since 1970 of the lab's first block. Its contests live relative to it. */
export const LAB_START = 1_800_000_000;

/** Times of a lab contest, in seconds after `LAB_START`. */
export const LAB_TIMES = { entriesOpen: 1_000, votesOpen: 50_000, countFrom: 100_000, votesClose: 359_200 } as const;

export type ContestLab = Awaited<ReturnType<typeof createContestLab>>;

/** The contracts on a chain of this process, with a coin for everybody and hands for what tests do again and again. */
export async function createContestLab() {
  const chain = await createSimulatedChain({ start: LAB_START });
  const organiser = chain.accounts[0] ?? ZERO_ADDRESS;
  const coin = await chain.deploy(compiled("contracts/demo/DemoCoin.sol/DemoCoin"), [], organiser);
  const factory = await chain.deploy(compiled("contracts/ContestFactory.sol/ContestFactory"), [], organiser);
  const personhood = await chain.deploy(
    compiled("contracts/personhood/AttestedPersonhood.sol/AttestedPersonhood"),
    [[issuer.address]],
    organiser,
  );
  let salts = 0n;
  let submitted = 0n;

  const openRules: Rules = {
    coin,
    prizeToken: coin,
    personhood: ZERO_ADDRESS,
    arbitrator: factory,
    arbitratorExtraDataHash: keccak256("0x03"),
    declarationHash: DECLARATION,
    entriesOpen: LAB_START + LAB_TIMES.entriesOpen,
    votesOpen: LAB_START + LAB_TIMES.votesOpen,
    countFrom: LAB_START + LAB_TIMES.countFrom,
    votesClose: LAB_START + LAB_TIMES.votesClose,
    rulingTimeout: 7 * 86_400,
    maxEntries: 65_535,
    maxModelBytes: 6 * 2 ** 30,
    personCap: 0n,
    entryCap: 0n,
    entryBond: parseEther("1"),
    challengeBond: parseEther("2"),
    minTally: 0n,
    split: [3_000, 2_000, 1_300, 1_000, 800, 600, 500, 400, 250, 150],
  };

  /** What the issuer says: `wallet` is a person in the contest. */
  async function personProof(contest: Address, wallet: Address): Promise<Hex> {
    const scope = keccak256(
      encodeAbiParameters([{ type: "uint256" }, { type: "address" }], [BigInt(CHAIN_ID), contest]),
    );
    const nullifier = keccak256(wallet);
    const deadline = BigInt(LAB_START) * 2n;
    const signature = await issuer.signTypedData({
      domain: personsDomain({ chainId: CHAIN_ID, verifyingContract: personhood }),
      types: credentialTypes,
      primaryType: "Credential",
      message: { wallet, scope, nullifier, deadline },
    });
    return encodeAbiParameters(
      [{ type: "bytes32" }, { type: "uint64" }, { type: "bytes[]" }],
      [nullifier, deadline, [signature]],
    );
  }

  return {
    chain,
    coin,
    factory,
    personhood,
    organiser,
    openRules,
    personRules: { ...openRules, personhood, personCap: parseEther("25"), entryCap: parseEther("10") } as Rules,

    /** Creates a contest and returns its address and what that cost. */
    async create(rules: Rules): Promise<{ contest: Address; gas: number }> {
      salts += 1n;
      const args = [{ ...rules, split: tenShares(rules.split) }, `0x${salts.toString(16).padStart(64, "0")}`] as const;
      const receipt = await chain.write({
        from: organiser,
        to: factory,
        abi: contestFactoryAbi,
        functionName: "create",
        args: args as never,
      });
      const contest = receipt.logs.at(-1)?.topics[1];
      if (contest === undefined) throw new Error("the factory emitted nothing");
      return { contest: `0x${contest.slice(26)}`, gas: receipt.gasUsed };
    },

    /** Gives `account` coins and the contest a limitless allowance over them. */
    async equip(account: Address, contest: Address, amount: bigint = parseEther("1000000")): Promise<void> {
      const token = { to: coin, abi: demoCoinAbi } as const;
      await chain.write({ ...token, from: organiser, functionName: "transfer", args: [account, amount] });
      await chain.write({ ...token, from: account, functionName: "approve", args: [contest, 2n ** 256n - 1n] });
    },

    /** Submits an entry of its own. Returns what that cost. */
    async submit(contest: Address, author: Address): Promise<number> {
      submitted += 1n;
      const hash = (part: bigint) => keccak256(encodeAbiParameters([{ type: "uint256" }], [submitted * 3n + part]));
      const manifestHash = hash(0n);
      const input = {
        manifestHash,
        modelSha256: hash(1n),
        modelRoot: hash(2n),
        modelSize: 1_234_567_890,
        manifestURI: `https://node.example/manifests/${manifestHash.slice(2)}`,
      };
      const { gasUsed } = await chain.write({
        from: author,
        to: contest,
        abi: contestAbi,
        functionName: "submit",
        args: [input, DECLARATION],
      });
      return gasUsed;
    },

    /** Makes `wallet` a person in the contest. */
    async bind(contest: Address, wallet: Address): Promise<number> {
      const proof = await personProof(contest, wallet);
      const call = { from: wallet, to: contest, abi: contestAbi, functionName: "bind", args: [proof] } as const;
      return (await chain.write(call)).gasUsed;
    },

    personProof,

    /** The next block's time, in seconds after `LAB_START`. */
    at: (seconds: number) => chain.setNextTime(LAB_START + seconds),
  };
}

/** An address that nobody else in the lab uses. */
export function freshAddress(index: number): Address {
  return `0x${keccak256(encodeAbiParameters([{ type: "uint256" }], [BigInt(index)])).slice(26)}` as Hex;
}

type TenShares = readonly [number, number, number, number, number, number, number, number, number, number];

function tenShares(split: readonly number[]): TenShares {
  if (split.length !== 10) throw new RangeError(`a split has ten shares, not ${split.length}`);
  return split as TenShares;
}
