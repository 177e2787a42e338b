import { type Address, BaseError, ContractFunctionExecutionError, HttpRequestError } from "viem";
import type { AppConfig } from "#protocol/config.ts";
import { humanityPersonhoodAbi, semaphoreAbi, semaphorePersonhoodAbi } from "#protocol/personhoodAbi.ts";
import { chainClient } from "../chain/client.ts";

/** How a contest's adapter wants persons shown. `typed`: by bytes that somebody else makes. */
export type Adapter =
  | { readonly kind: "semaphore"; readonly semaphore: Address; readonly groupId: bigint; readonly admin: Address }
  | { readonly kind: "humanity" }
  | { readonly kind: "typed" };

/** Asks an adapter what it is: each kind answers a view that the others do not have. Throws when the chain is silent. */
export async function readAdapter(config: AppConfig, address: Address): Promise<Adapter> {
  const chain = chainClient(config);
  const on = { address, abi: semaphorePersonhoodAbi } as const;
  const [semaphore, groupId, registry] = await Promise.all([
    answered(chain.readContract({ ...on, functionName: "semaphore" })),
    answered(chain.readContract({ ...on, functionName: "groupId" })),
    answered(chain.readContract({ address, abi: humanityPersonhoodAbi, functionName: "registry" })),
  ]);
  if (registry !== null) return { kind: "humanity" };
  if (semaphore === null || groupId === null) return { kind: "typed" };
  const admin = await chain.readContract({
    address: semaphore,
    abi: semaphoreAbi,
    functionName: "getGroupAdmin",
    args: [groupId],
  });
  return { kind: "semaphore", semaphore, groupId, admin };
}

/** Null where the contract does not know the question; a silent chain is no answer. */
async function answered<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch((error: unknown) => {
    const silent = error instanceof BaseError && error.walk((cause) => cause instanceof HttpRequestError) !== null;
    if (error instanceof ContractFunctionExecutionError && !silent) return null;
    throw error;
  });
}
