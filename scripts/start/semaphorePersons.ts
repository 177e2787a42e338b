import { Group, generateProof, Identity } from "@semaphore-protocol/core";
import type { Address, Hex } from "viem";
import { concat, encodeDeployData, encodeFunctionData, keccak256 } from "viem";
import { semaphoreAbi, semaphorePersonhoodAbi } from "#protocol/personhoodAbi.ts";
import { encodeSemaphoreProof } from "#protocol/semaphoreProof.ts";
import { personScope } from "#protocol/typedData.ts";
import type { Clients } from "../chainClients.ts";
import { send } from "../chainClients.ts";
import { putContract } from "../deploy.ts";
import { endProving } from "../semaphore/endProving.ts";
import { compiledCode, putSemaphore } from "../semaphore/semaphoreCode.ts";
import { snarkFiles } from "../semaphore/snarkFiles.ts";
import type { DemoPersons } from "./demoPersons.ts";
import { devAccounts, LOCAL_CHAIN_ID } from "./localChain.ts";

/** Seconds for which a proof is good after somebody else joined. */
const TREE_DURATION = 600;

export type SemaphorePersons = DemoPersons & {
  /** Lets a newcomer into the group, as its admin; nothing happens to who is in it already. */
  readonly admit: (commitment: bigint) => Promise<void>;
};

/** Puts Semaphore on the demo's chain with one group, whose admin is `admin`, and the adapter that stands for it. */
export async function createSemaphorePersons(admin: Clients): Promise<SemaphorePersons> {
  const semaphore = await putSemaphore((code) => putContract(admin, code));
  const on = { abi: semaphoreAbi } as const;
  // A new Semaphore numbers its groups from 0.
  const groupId = 0n;
  const args = [admin.wallet.account.address, BigInt(TREE_DURATION)] as const;
  await send(admin, { to: semaphore, data: encodeFunctionData({ ...on, functionName: "createGroup", args }) });
  const bytecode = await compiledCode("contracts/personhood/SemaphorePersonhood.sol");
  const adapter = await putContract(
    admin,
    encodeDeployData({ abi: semaphorePersonhoodAbi, bytecode, args: [semaphore, groupId] }),
  );
  const members: bigint[] = [];
  // One after the other: the admin's account numbers its transactions.
  let last: Promise<unknown> = Promise.resolve();
  const add = (commitments: readonly bigint[]): Promise<void> => {
    const mine = last.then(async () => {
      const newcomers = commitments.filter((commitment) => !members.includes(commitment));
      if (newcomers.length === 0) return;
      const data = encodeFunctionData({ ...on, functionName: "addMembers", args: [groupId, newcomers] });
      await send(admin, { to: semaphore, data });
      members.push(...newcomers);
    });
    last = mine.catch(() => {});
    return mine;
  };

  return {
    adapter,
    admit: (commitment) => add([commitment]),
    async prove(contest, wallets) {
      const identities = wallets.map((wallet) => new Identity(secretOf(wallet)));
      await add(identities.map(({ commitment }) => commitment));
      const group = new Group([...members]);
      // The smallest tree that holds them: the demo's own people hide from nobody, and it is proven fastest.
      const depth = Math.max(1, group.depth);
      const scope = BigInt(personScope(LOCAL_CHAIN_ID, contest));
      const proofs: Hex[] = [];
      for (const [index, identity] of identities.entries()) {
        const wallet = BigInt(wallets[index] as Address);
        proofs.push(
          encodeSemaphoreProof(await generateProof(identity, group, wallet, scope, depth, snarkFiles(depth))),
        );
      }
      await endProving();
      return proofs;
    },
  };
}

/** The demo's own people have the same secrets at each start; they hold play money. */
function secretOf(wallet: Address): Hex {
  return keccak256(concat([devAccounts().issuer.privateKey, wallet]));
}
