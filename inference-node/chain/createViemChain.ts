import type { Account, Address, Chain, Hex, PublicClient, Transport, WalletClient } from "viem";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import { BaseError } from "#protocol/errors.ts";
import type { SignedAttestation } from "../sign/signAttestation.ts";
import { blockRanges } from "./blockRanges.ts";
import { findHolders } from "./findHolders.ts";
import type { InTurn } from "./inTurn.ts";
import type { NodeChain } from "./nodeChain.ts";
import type { HostedContest } from "./readContests.ts";
import { createContestsReader } from "./readContests.ts";

export type ViemChainOptions = {
  readonly client: PublicClient;
  /** Pays for attestations; anybody may carry them. */
  readonly carrier: WalletClient<Transport, Chain, Account>;
  readonly inTurn: InTurn;
  readonly node: Address;
  readonly contests: readonly HostedContest[];
  readonly factory: Address;
  readonly registry: Address;
  /** First block that is looked at: the factory's or later. */
  readonly fromBlock: bigint;
  /** Blocks below the head that count as final where the chain knows no finality. */
  readonly depth: bigint;
};

/** The chain as a node needs it, through an RPC endpoint. */
export function createViemChain(options: ViemChainOptions): NodeChain {
  const { client, carrier, registry, node } = options;
  const readEntries = createContestsReader(options);
  return {
    async entries() {
      const [read, head] = await Promise.all([readEntries(), client.getBlock({ blockTag: "latest" })]);
      return { ...read, head: { number: Number(head.number), timestamp: Number(head.timestamp) } };
    },

    async lastAttested({ contest, entryId }) {
      let latest: bigint | null = null;
      for (const range of blockRanges(options.fromBlock, await client.getBlockNumber({ cacheTime: 0 }))) {
        const logs = await client.getContractEvents({
          address: registry,
          abi: nodeRegistryAbi,
          eventName: "Attested",
          args: { node, contest, entryId: BigInt(entryId) },
          strict: true,
          ...range,
        });
        for (const { args } of logs) if (latest === null || args.epoch > latest) latest = args.epoch;
      }
      return latest;
    },

    holders: (entry) => findHolders(client, entry, { ...options, except: node }),

    attest: (signed) => options.inTurn(() => attest(signed)),
  };

  async function attest(signed: readonly SignedAttestation[]): Promise<Hex> {
    const { request } = await client.simulateContract({
      account: carrier.account,
      address: registry,
      abi: nodeRegistryAbi,
      functionName: "attest",
      args: [signed.map(({ attestation }) => attestation), signed.map(({ signature }) => signature)],
    });
    const hash = await carrier.writeContract(request);
    const { status } = await client.waitForTransactionReceipt({ hash, timeout: 120_000 });
    if (status !== "success") throw new BaseError(`The transaction ${hash} that carried the attestations failed.`);
    return hash;
  }
}
