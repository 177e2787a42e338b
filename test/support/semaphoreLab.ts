import { Group, generateProof, type Identity, type SemaphoreProof } from "@semaphore-protocol/core";
import type { Address, Hex } from "viem";
import { semaphoreAbi, semaphorePersonhoodAbi } from "#protocol/personhoodAbi.ts";
import { personScope } from "#protocol/typedData.ts";
import { putSemaphore } from "../../scripts/semaphore/semaphoreCode.ts";
import { snarkFiles } from "../../scripts/semaphore/snarkFiles.ts";
import type { ContestLab } from "./contestLab.ts";
import { compiled } from "./simulatedChain.ts";

/** Seconds for which an older root of the lab's group is good. */
export const TREE_DURATION = 600;

/** Depth of trees in the lab: enough for four persons, and proven in a third of the time. */
const SHALLOW = 2;

export type SemaphoreLab = Awaited<ReturnType<typeof createSemaphoreLab>>;

type Asked = {
  readonly wallet: Address;
  readonly contest: Address;
  readonly chainId?: number;
  readonly group?: Group;
  readonly depth?: number;
};

/** Semaphore as its makers ship it on the lab's chain, with one group and the adapter that stands for it. */
export async function createSemaphoreLab({ chain, organiser }: ContestLab) {
  const semaphore = await putSemaphore((bytecode) => chain.deploy({ abi: [], bytecode }, [], organiser));
  const on = { from: organiser, to: semaphore, abi: semaphoreAbi } as const;
  /** Opens a group of the organiser's and returns its id and its adapter. */
  const openGroup = async () => {
    const groupId = groups;
    groups += 1n;
    await chain.write({ ...on, functionName: "createGroup", args: [organiser, BigInt(TREE_DURATION)] });
    const code = compiled("contracts/personhood/SemaphorePersonhood.sol/SemaphorePersonhood");
    return { groupId, adapter: await chain.deploy(code, [semaphore, groupId], organiser) };
  };
  let groups = 0n;
  const { groupId, adapter } = await openGroup();
  const members: bigint[] = [];

  return {
    semaphore,
    groupId,
    adapter,
    openGroup,
    /** Commitments in the group, by index; whoever takes the chain back sets them back. */
    members,

    /** Lets identities into the group, one after the other. */
    async admit(...identities: readonly Identity[]): Promise<void> {
      for (const { commitment } of identities) {
        await chain.write({ ...on, functionName: "addMember", args: [groupId, commitment] });
        members.push(commitment);
      }
    },

    /** Puts a member out. */
    async expel({ commitment }: Identity): Promise<void> {
      const group = new Group([...members]);
      const index = group.indexOf(commitment);
      const { siblings } = group.generateMerkleProof(index);
      await chain.write({ ...on, functionName: "removeMember", args: [groupId, commitment, siblings] });
      members[index] = 0n;
    },

    /** A real proof that names `wallet` in `contest`, for the group as it is now or as `group` says. */
    prove(
      identity: Identity,
      { wallet, contest, chainId = 31337, group, depth = SHALLOW }: Asked,
    ): Promise<SemaphoreProof> {
      return generateProof(
        identity,
        group ?? new Group([...members]),
        BigInt(wallet),
        BigInt(personScope(chainId, contest)),
        depth,
        snarkFiles(depth),
      );
    },

    /** What the adapter says. */
    verify: (wallet: Address, scope: Hex, proof: Hex) =>
      chain.read({ to: adapter, abi: semaphorePersonhoodAbi, functionName: "verify", args: [wallet, scope, proof] }),
  };
}
