import type { PublicClient } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import type { SignedOrder } from "#protocol/relay.ts";
import type { InBlock } from "./store.ts";

/**
 * The transaction of somebody else that carried an order, after block `since`; null where none shows. It shows by the
 * voter's stake that changed by the order's amount in the block in which the order's nonce was spent.
 */
export async function carriedByAnother(
  client: PublicClient,
  { contest: address, voter, entryId, kind, amount, nonce }: SignedOrder,
  since: number,
): Promise<InBlock | null> {
  const args = [voter, BigInt(entryId)] as const;
  const isSpent = async (blockNumber: bigint) =>
    ((await client.readContract({ address, abi: contestAbi, functionName: "noncesOf", args, blockNumber })) >>
      BigInt(nonce)) %
      2n ===
    1n;
  const logs = await client.getContractEvents({
    address,
    abi: contestAbi,
    eventName: "StakeChanged",
    args: { voter, entryId: BigInt(entryId) },
    fromBlock: BigInt(since) + 1n,
    strict: true,
  });
  for (const [index, log] of logs.entries()) {
    const { blockNumber } = log;
    const earlier = logs[index - 1];
    const before =
      earlier?.blockNumber === blockNumber
        ? earlier.args.stake
        : (
            await client.readContract({
              address,
              abi: contestAbi,
              functionName: "stakeOf",
              args,
              blockNumber: blockNumber - 1n,
            })
          )[0];
    const moved = kind === "Drop" ? log.args.stake - before : before - log.args.stake;
    if (moved === BigInt(amount) && (await isSpent(blockNumber)) && !(await isSpent(blockNumber - 1n)))
      return { hash: log.transactionHash, block: Number(blockNumber) };
  }
  return null;
}
