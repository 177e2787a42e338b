import { Identity } from "@semaphore-protocol/core";
import type { Address } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { encodeSemaphoreProof, SEMAPHORE_DEPTH } from "#protocol/semaphoreProof.ts";
import { endProving } from "../../scripts/semaphore/endProving.ts";
import type { ContestLab } from "../support/contestLab.ts";
import { createSemaphoreLab } from "../support/semaphoreLab.ts";

/** Binds wallets with Semaphore proofs, one member each, and returns what the last one used. */
export async function bindByProof(lab: ContestLab, wallets: readonly Address[]): Promise<number> {
  const persons = await createSemaphoreLab(lab);
  const { contest } = await lab.create({ ...lab.personRules, personhood: persons.adapter });
  const members = wallets.map((wallet) => ({ wallet, identity: new Identity(wallet) }));
  await persons.admit(...members.map(({ identity }) => identity));
  let gas = 0;
  for (const { wallet, identity } of members) {
    const proof = await persons.prove(identity, { wallet, contest, depth: SEMAPHORE_DEPTH });
    const args = [encodeSemaphoreProof(proof)] as const;
    gas = (await lab.chain.write({ from: wallet, to: contest, abi: contestAbi, functionName: "bind", args })).gasUsed;
  }
  await endProving();
  return gas;
}
