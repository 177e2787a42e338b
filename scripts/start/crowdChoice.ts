import type { Hex } from "viem";
import { encodeFunctionData, parseEther } from "viem";
import { contestAbi } from "#protocol/abi.ts";

/** What one of the crowd has; amounts in wei. */
export type Member = {
  purse: bigint;
  readonly stakes: Map<number, bigint>;
};

export type Action = {
  readonly data: Hex;
  readonly changes: readonly { readonly entryId: number; readonly by: bigint }[];
};

type Circumstances = {
  readonly entryIds: readonly number[];
  /** Wei; null in an open contest. */
  readonly caps: { readonly person: bigint; readonly entry: bigint } | null;
  /** How far tastes have moved; 1 is a whole round. */
  readonly progress: number;
  /** Numbers from 0 to 1. */
  readonly random: () => number;
};

const TENTH = parseEther("0.1");

/** What a simulated voter does next; undefined when there is nothing that it may do. */
export function chooseAction(member: Member, circumstances: Circumstances): Action | undefined {
  const { entryIds, progress, random } = circumstances;
  const held = [...member.stakes].filter(([, stake]) => stake > 0n);
  const [from, stake] = held[Math.floor(random() * held.length)] ?? [];
  const to = favourite(entryIds, progress, random);
  const mood = random();
  if (from === undefined || stake === undefined || mood < 0.55) return drop(member, to, circumstances);
  const amount = part(stake, random);
  if (mood < 0.85) return from === to ? undefined : move(member, { from, to, amount }, circumstances);
  return {
    data: encodeFunctionData({ abi: contestAbi, functionName: "withdraw", args: [BigInt(from), amount] }),
    changes: [{ entryId: from, by: -amount }],
  };
}

function drop(member: Member, to: number, { caps, random }: Circumstances): Action | undefined {
  const wish = TENTH * BigInt(10 + Math.floor(random() * (caps === null ? 140 : 30)));
  const amount = least(wish, member.purse, roomOn(member, to, caps), roomInAll(member, caps));
  if (amount <= 0n) return undefined;
  return {
    data: encodeFunctionData({ abi: contestAbi, functionName: "drop", args: [BigInt(to), amount] }),
    changes: [{ entryId: to, by: amount }],
  };
}

function move(
  member: Member,
  { from, to, amount }: { readonly from: number; readonly to: number; readonly amount: bigint },
  { caps }: Circumstances,
): Action | undefined {
  const moved = least(amount, roomOn(member, to, caps));
  if (moved <= 0n) return undefined;
  return {
    data: encodeFunctionData({ abi: contestAbi, functionName: "move", args: [BigInt(from), BigInt(to), moved] }),
    changes: [
      { entryId: from, by: -moved },
      { entryId: to, by: moved },
    ],
  };
}

/** An entry by chance, where fashion moves round the entries: each has its time, so that ranks change hands. */
function favourite(entryIds: readonly number[], progress: number, random: () => number): number {
  const appeal = entryIds.map((_, index) => 1.15 + Math.sin(2 * Math.PI * (progress + (index * 2) / entryIds.length)));
  let left = random() * appeal.reduce((sum, value) => sum + value, 0);
  const chosen = entryIds.findIndex((_, index) => {
    left -= appeal[index] ?? 0;
    return left < 0;
  });
  return entryIds[Math.max(0, chosen)] ?? 1;
}

/** Between a third and all of a stake, in tenths of a coin where it is larger than one. */
function part(stake: bigint, random: () => number): bigint {
  const share = (stake * BigInt(34 + Math.floor(random() * 67))) / 100n;
  return share > TENTH ? share - (share % TENTH) : stake;
}

function roomOn(member: Member, entryId: number, caps: Circumstances["caps"]): bigint {
  return caps === null ? member.purse + total(member) : caps.entry - (member.stakes.get(entryId) ?? 0n);
}

function roomInAll(member: Member, caps: Circumstances["caps"]): bigint {
  return caps === null ? member.purse : caps.person - total(member);
}

function total({ stakes }: Member): bigint {
  return [...stakes.values()].reduce((sum, stake) => sum + stake, 0n);
}

function least(...values: readonly bigint[]): bigint {
  return values.reduce((smallest, value) => (value < smallest ? value : smallest));
}
