import type { Address } from "viem";
import { contestAbi, contestFactoryAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import { InvalidInputError } from "#protocol/errors.ts";
import type { OpenedChain } from "./openOperator.ts";

/** Makes sure that a contest is the registry's, and has these entries. Throws `InvalidInputError`. */
export async function checkContest(
  { client }: OpenedChain,
  factory: Address,
  contest: Address,
  entries: "all" | readonly number[],
): Promise<void> {
  const known = await client.readContract({
    address: factory,
    abi: contestFactoryAbi,
    functionName: "isContest",
    args: [contest],
  });
  if (!known)
    throw new InvalidInputError(`${contest} is no contest of the registry's factory.`, {
      metaMessages: [`factory: ${factory}`],
    });
  const count = Number(await client.readContract({ address: contest, abi: contestAbi, functionName: "entryCount" }));
  const unknown = entries === "all" ? [] : entries.filter((id) => id > count);
  if (unknown.length > 0)
    throw new InvalidInputError(`The contest has ${count} entries, and so none with the id ${unknown.join(" or ")}.`);
}

/** The factory whose contests a registry knows. Throws `InvalidInputError` where there is no registry. */
export async function factoryOf({ client, chainId }: OpenedChain, nodeRegistry: Address): Promise<Address> {
  const factory = await client
    .readContract({ address: nodeRegistry, abi: nodeRegistryAbi, functionName: "factory" })
    .catch((cause: unknown) => {
      throw new InvalidInputError(`There is no node registry at ${nodeRegistry} on chain ${chainId}.`, { cause });
    });
  return factory.toLowerCase() as Address;
}
