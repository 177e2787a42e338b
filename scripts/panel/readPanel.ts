/** What a panel and the contests that asked it say about disputes. */

import type { Address, PublicClient } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { panelArbitratorAbi } from "#protocol/arbitrationAbi.ts";
import type { DemoFile } from "#protocol/config.ts";
import { BaseError, InvalidInputError } from "#protocol/errors.ts";
import { ZERO_ADDRESS } from "#protocol/rules.ts";

export type Panel = {
  readonly address: Address;
  readonly members: readonly Address[];
  readonly threshold: number;
  /** Wei of the chain's own coin for a dispute. */
  readonly fee: bigint;
  readonly disputeCount: number;
};

export type Vote = { readonly member: Address; readonly ruling: number; readonly reason: string };

export type Dispute = {
  readonly id: bigint;
  readonly arbitrable: Address;
  readonly choices: number;
  readonly ruled: boolean;
  readonly ruling: number;
  readonly delivered: boolean;
  /** In the order of the votes. */
  readonly votes: readonly Vote[];
  /** Which entry it is about; null when no contest asked. */
  readonly entryId: number | null;
  /** What was said, the challenger's first. */
  readonly evidence: readonly { readonly party: Address; readonly uri: string }[];
};

/** The panel that was named, or the arbitrator of the running demo's contest. */
export async function panelOf(
  publicClient: PublicClient,
  named: Address | undefined,
  demo: DemoFile | undefined,
): Promise<Address> {
  if (named !== undefined) return named;
  if (demo === undefined) throw new InvalidInputError("Which panel? Name it with --panel.");
  const read = { address: demo.contest, abi: contestAbi, functionName: "rules" } as const;
  const { arbitrator } = await publicClient.readContract(read);
  if (arbitrator === ZERO_ADDRESS) throw new InvalidInputError("The demo's contest names no arbitrator.");
  return arbitrator;
}

/** Throws a `BaseError` when there is no panel at `address`. */
export async function readPanel(publicClient: PublicClient, address: Address): Promise<Panel> {
  const read = { address, abi: panelArbitratorAbi } as const;
  try {
    const [members, threshold, fee, disputeCount] = await Promise.all([
      publicClient.readContract({ ...read, functionName: "members" }),
      publicClient.readContract({ ...read, functionName: "threshold" }),
      publicClient.readContract({ ...read, functionName: "fee" }),
      publicClient.readContract({ ...read, functionName: "disputeCount" }),
    ]);
    return { address, members, threshold: Number(threshold), fee, disputeCount: Number(disputeCount) };
  } catch (error) {
    throw new BaseError(`There is no panel at ${address}.`, { cause: error });
  }
}

/** One dispute with its votes, and what the contest that asked says it is about. */
export async function readDispute(
  publicClient: PublicClient,
  { panel, id, fromBlock }: { readonly panel: Address; readonly id: bigint; readonly fromBlock: bigint },
): Promise<Dispute> {
  const [kept, voted] = await Promise.all([
    publicClient.readContract({ address: panel, abi: panelArbitratorAbi, functionName: "disputeOf", args: [id] }),
    publicClient.getContractEvents({
      address: panel,
      abi: panelArbitratorAbi,
      eventName: "Voted",
      args: { disputeId: id },
      fromBlock,
      strict: true,
    }),
  ]);
  return {
    id,
    arbitrable: kept.arbitrable,
    choices: Number(kept.choices),
    ruled: kept.ruled,
    ruling: Number(kept.ruling),
    delivered: kept.delivered,
    votes: voted.map(({ args }) => ({ member: args.member, ruling: Number(args.ruling), reason: args.reason })),
    ...(await readChallenge(publicClient, { panel, id, fromBlock, contest: kept.arbitrable })),
  };
}

/** By the events of ERC-1497, which any contract could emit: a stranger's claims are shown as such, by its address. */
async function readChallenge(
  publicClient: PublicClient,
  options: { readonly panel: Address; readonly id: bigint; readonly fromBlock: bigint; readonly contest: Address },
): Promise<Pick<Dispute, "entryId" | "evidence">> {
  const { panel, id, fromBlock, contest } = options;
  const read = { address: contest, abi: contestAbi, fromBlock, strict: true } as const;
  const [opened] = await publicClient.getContractEvents({
    ...read,
    eventName: "Dispute",
    args: { arbitrator: panel, disputeID: id },
  });
  if (opened === undefined) return { entryId: null, evidence: [] };
  const challengeId = opened.args.evidenceGroupID;
  const [[challenged], said] = await Promise.all([
    publicClient.getContractEvents({ ...read, eventName: "EntryChallenged", args: { challengeId } }),
    publicClient.getContractEvents({
      ...read,
      eventName: "Evidence",
      args: { arbitrator: panel, evidenceGroupID: challengeId },
    }),
  ]);
  return {
    entryId: challenged === undefined ? null : Number(challenged.args.entryId),
    evidence: said.map(({ args }) => ({ party: args.party, uri: args.evidence })),
  };
}
