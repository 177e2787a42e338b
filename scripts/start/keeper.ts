import { setTimeout as sleep } from "node:timers/promises";
import type { Address, Hex } from "viem";
import { encodeFunctionData, formatEther, parseEventLogs } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { shortMessageOf } from "#protocol/errors.ts";
import { phaseOf } from "#protocol/rules.ts";
import type { Clients } from "../chainClients.ts";
import { send } from "../chainClients.ts";

/** Entries counted in one transaction, and milliseconds between two looks at the phase. */
const PAGE = 500n;
const POLL = 1_000;
const RANKS = 10;

/**
 * Does after the close what anybody may do: counts, makes the result final, has every prize paid and every bond
 * released. Ends when that is done, or at `signal`.
 */
export async function keepContest(
  clients: Clients,
  options: {
    readonly contest: Address;
    /** Names by entry id. */
    readonly names: ReadonlyMap<number, string>;
    readonly say: (sentence: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { contest, names, say, signal } = options;
  const read = { address: contest, abi: contestAbi } as const;
  const call = (data: Hex) => send(clients, { to: contest, data });
  let phase = "";
  while (!signal.aborted) {
    try {
      const seen = phaseOf(await clients.publicClient.readContract({ ...read, functionName: "phase" }));
      if (seen !== phase && phase !== "") say(announcement(seen));
      phase = seen;
      if (seen === "counting") await countAll();
      if (seen === "final") return await settle();
    } catch (error) {
      if (!signal.aborted) say(`The keeper will try again: ${shortMessageOf(error)}`);
    }
    await sleep(POLL, undefined, { signal }).catch(() => {});
  }

  async function countAll(): Promise<void> {
    const entries = await clients.publicClient.readContract({ ...read, functionName: "entryCount" });
    for (;;) {
      const [, counted] = await clients.publicClient.readContract({ ...read, functionName: "standings" });
      if (counted >= entries) break;
      await call(encodeFunctionData({ abi: contestAbi, functionName: "count", args: [PAGE] }));
    }
    await call(encodeFunctionData({ abi: contestAbi, functionName: "finalize" }));
  }

  async function settle(): Promise<void> {
    const [entryIds] = await clients.publicClient.readContract({ ...read, functionName: "standings" });
    const [, , paidBits] = await clients.publicClient.readContract({ ...read, functionName: "pot" });
    for (let rank = 1; rank <= RANKS; rank++) {
      const entryId = entryIds[rank - 1] ?? 0;
      const isPaid = ((paidBits >> BigInt(rank - 1)) & 1n) === 1n;
      if (entryId === 0 || isPaid) continue;
      const receipt = await call(encodeFunctionData({ abi: contestAbi, functionName: "claim", args: [BigInt(rank)] }));
      const [paid] = parseEventLogs({ abi: contestAbi, eventName: "PrizeClaimed", logs: receipt.logs });
      say(`  ${rank}. ${names.get(entryId) ?? `entry ${entryId}`}: ${formatEther(paid?.args.amount ?? 0n)} DROP paid`);
    }
    for (const entryId of names.keys()) {
      const { bondHeld } = await clients.publicClient.readContract({
        ...read,
        functionName: "entry",
        args: [BigInt(entryId)],
      });
      if (!bondHeld) continue;
      await call(encodeFunctionData({ abi: contestAbi, functionName: "releaseBond", args: [BigInt(entryId)] }));
    }
    say("All prizes are paid and the bonds released. The contest is over; every stake can be withdrawn.");
  }
}

function announcement(phase: string): string {
  switch (phase) {
    case "voting":
      return "Voting is open.";
    case "counting":
      return "Voting has closed; counting.";
    case "final":
      return "The result is final.";
    default:
      return `The contest is in the phase ${phase}.`;
  }
}
