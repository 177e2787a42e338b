import type { Address, Hex, PublicClient } from "viem";
import { domainSeparator } from "viem";
import { contestAbi, contestFactoryAbi } from "#protocol/abi.ts";
import { InvalidInputError } from "#protocol/errors.ts";
import { ordersDomain } from "#protocol/typedData.ts";
import { refusalOf } from "./reason.ts";
import { RefusedError } from "./refusedError.ts";

/** What the relay knows of a contest that it carries orders for. `domain`: its EIP-712 domain separator. */
export type KnownContest = { readonly address: Address; readonly coin: Address; readonly domain: Hex };

export type Contests = {
  /** Throws `RefusedError` for a contest that this relay does not serve. */
  readonly find: (address: Address) => Promise<KnownContest>;
  /** Whether there may be more than one. */
  readonly areSeveral: boolean;
};

/** Contests named one by one, and those of a factory. Throws `InvalidInputError` where a named one is no contest. */
export async function createContests(
  client: PublicClient,
  options: { readonly chainId: number; readonly named: readonly Address[]; readonly factory: Address | undefined },
): Promise<Contests> {
  const { chainId, named, factory } = options;
  const known = new Map<Address, KnownContest>();
  for (const address of named) {
    try {
      known.set(address, await read(address));
    } catch (error) {
      throw new InvalidInputError(`There is no contest at ${address} on chain ${chainId}.`, { cause: error });
    }
  }

  async function read(address: Address): Promise<KnownContest> {
    const { coin } = await client.readContract({ address, abi: contestAbi, functionName: "rules" });
    const domain = domainSeparator({ domain: ordersDomain({ chainId, verifyingContract: address }) });
    return { address, coin: coin.toLowerCase() as Address, domain };
  }

  async function isMade(address: Address): Promise<boolean> {
    if (factory === undefined) return false;
    try {
      return await client.readContract({
        address: factory,
        abi: contestFactoryAbi,
        functionName: "isContest",
        args: [address],
      });
    } catch (error) {
      refusalOf(error);
      return false;
    }
  }

  return {
    areSeveral: factory !== undefined || known.size > 1,
    async find(address) {
      const found = known.get(address);
      if (found !== undefined) return found;
      if (!(await isMade(address)))
        throw new RefusedError(404, `This relay carries no orders for the contest ${address}.`, {
          parameter: "contest",
        });
      const contest = await read(address);
      known.set(address, contest);
      return contest;
    },
  };
}
