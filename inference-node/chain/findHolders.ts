import type { Address, PublicClient } from "viem";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import type { EntryName } from "../models/entryFacts.ts";
import { blockRanges } from "./blockRanges.ts";

/** Nodes asked for one file; more would gain nothing. */
const most = 8;

/**
 * Base URLs of active nodes that attested an entry on chain, newest first: they hold its model, and may hand it out.
 *
 * Whatever they send is checked piece by piece, so nothing here has to be final. `except`: the node that asks.
 */
export async function findHolders(
  client: PublicClient,
  { contest, entryId }: EntryName,
  options: { readonly registry: Address; readonly fromBlock: bigint; readonly except?: Address | undefined },
): Promise<readonly string[]> {
  const registry = { address: options.registry, abi: nodeRegistryAbi } as const;
  const nodes = new Set<Address>();
  const ranges = [...blockRanges(options.fromBlock, await client.getBlockNumber({ cacheTime: 0 }))];
  for (const range of ranges.toReversed()) {
    const args = { contest, entryId: BigInt(entryId) };
    const logs = await client.getContractEvents({ ...registry, eventName: "Attested", args, strict: true, ...range });
    for (const { args } of logs.toReversed()) {
      if (args.node.toLowerCase() !== options.except?.toLowerCase()) nodes.add(args.node);
    }
    if (nodes.size >= most) break;
  }
  const views = await Promise.all(
    [...nodes].slice(0, most).map((node) => client.readContract({ ...registry, functionName: "nodeOf", args: [node] })),
  );
  return views.flatMap(({ active, endpoint }) => (active && /^https?:\/\//.test(endpoint) ? [endpoint] : []));
}
