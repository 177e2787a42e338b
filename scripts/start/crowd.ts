import type { Address, Hex } from "viem";
import { encodeFunctionData, erc20Abi, parseEther, parseGwei } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import type { Rules } from "#protocol/rules.ts";
import { publicClientOf } from "../chainClients.ts";
import type { ChainClock } from "./chainClock.ts";
import type { Member } from "./crowdChoice.ts";
import { chooseAction } from "./crowdChoice.ts";
import type { DemoPersons } from "./demoPersons.ts";
import type { DevAccount } from "./localChain.ts";
import { crowdAccount, devAccounts, LOCAL_CHAIN_ID, localChain } from "./localChain.ts";

const CROWD_SIZE = 30;
/** Things that happened before the demo's start. */
const PAST_ACTIONS = 150;
const PURSE = parseEther("100");
const ETHER = parseEther("10");
/** Enough for any of the crowd's calls; estimating each would double the time of the set-up. */
const GAS = 400_000n;

export type Crowd = {
  readonly addresses: readonly Address[];
  /** Gives everybody coins; in a personhood contest it makes them persons. */
  readonly gather: () => Promise<void>;
  /** Spreads what they did so far over the time from `from` to `to`, in seconds since 1970. */
  readonly writePast: (from: number, to: number) => Promise<void>;
  /** Goes on until `signal` or the end of voting. `pause`: milliseconds between two actions, about. */
  readonly goOn: (pause: number, signal: AbortSignal) => Promise<void>;
};

/** Simulated voters: their addresses and choices are the same at each start, for the same contest. */
export function createCrowd(options: {
  readonly rpcUrl: string;
  readonly clock: ChainClock;
  readonly contest: Address;
  readonly rules: Rules;
  /** Null in an open contest. */
  readonly persons: DemoPersons | null;
  readonly entryIds: readonly number[];
  /** Numbers from 0 to 1. */
  readonly random: () => number;
  readonly size?: number;
}): Crowd {
  const { rpcUrl, clock, contest, rules, persons, entryIds, random, size = CROWD_SIZE } = options;
  const client = publicClientOf(localChain(rpcUrl));
  const members = Array.from({ length: size }, (_, number) => ({
    account: crowdAccount(number),
    nonce: 0,
    purse: PURSE,
    stakes: new Map<number, bigint>(),
  }));
  const caps = persons === null ? null : { person: rules.personCap, entry: rules.entryCap };

  /** One signed transaction in one request: the set-up sends hundreds. */
  async function sendFrom(account: DevAccount, nonce: number, to: Address, data: Hex): Promise<void> {
    const transaction = { type: "eip1559", chainId: LOCAL_CHAIN_ID, to, data, nonce, gas: GAS } as const;
    const fees = { maxFeePerGas: parseGwei("20"), maxPriorityFeePerGas: parseGwei("1") };
    await client.sendRawTransaction({
      serializedTransaction: await account.signTransaction({ ...transaction, ...fees }),
    });
  }

  async function gather(): Promise<void> {
    const { organiser } = devAccounts();
    let nonce = await client.getTransactionCount({ address: organiser.address });
    for (const member of members) {
      const { address } = member.account;
      await clock.setBalance(address, ETHER);
      const transfer = encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [address, PURSE] });
      await sendFrom(organiser, nonce++, rules.coin, transfer);
      const approval = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [contest, PURSE] });
      await sendFrom(member.account, member.nonce++, rules.coin, approval);
    }
    if (persons === null) return;
    const wallets = members.map(({ account }) => account.address);
    for (const [index, proof] of (await persons.prove(contest, wallets, rules.votesClose)).entries()) {
      const member = members[index];
      if (member === undefined) return;
      const bind = encodeFunctionData({ abi: contestAbi, functionName: "bind", args: [proof] });
      await sendFrom(member.account, member.nonce++, contest, bind);
    }
  }

  /** `progress`: from 0 to 1, how far tastes have moved. */
  async function act(progress: number): Promise<void> {
    const member = members[Math.floor(random() * members.length)];
    if (member === undefined) return;
    const action = chooseAction(member, { entryIds, caps, progress, random });
    if (action === undefined) return;
    await sendFrom(member.account, member.nonce, contest, action.data);
    member.nonce++;
    applyTo(member, action.changes);
  }

  async function writePast(from: number, to: number): Promise<void> {
    for (let index = 0; index < PAST_ACTIONS; index++) {
      const progress = index / PAST_ACTIONS;
      await clock.advanceTo(Math.floor(from + (to - from) * progress));
      await act(progress);
    }
  }

  async function goOn(pause: number, signal: AbortSignal): Promise<void> {
    let count = PAST_ACTIONS;
    while (!signal.aborted) {
      await sleep(pause * (0.5 + random()), signal);
      if (signal.aborted) return;
      const now = await clock.now().catch(() => 0);
      if (now >= rules.votesClose) return;
      if (now < rules.votesOpen) continue;
      // Somebody else's clock may close the contest under our feet; the next look ends it.
      await act(count++ / PAST_ACTIONS).catch(() => {});
    }
  }

  return { addresses: members.map(({ account }) => account.address), gather, writePast, goOn };
}

function applyTo(member: Member, changes: readonly { readonly entryId: number; readonly by: bigint }[]): void {
  for (const { entryId, by } of changes) {
    member.stakes.set(entryId, (member.stakes.get(entryId) ?? 0n) + by);
    member.purse -= by;
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
  });
}
