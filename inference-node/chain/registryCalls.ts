import type { Account, Address, Chain, Hex, PublicClient, Transport, WalletClient } from "viem";
import { erc20Abi, zeroAddress } from "viem";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import type { Attestation } from "#protocol/typedData.ts";
import { RegistrationError } from "./registerNode.ts";

export type Operator = WalletClient<Transport, Chain, Account>;

/** What the registry says about a node. Amounts in wei. */
export type NodeStanding = {
  readonly node: Address;
  readonly registered: boolean;
  readonly active: boolean;
  readonly stake: bigint;
  readonly minStake: bigint;
  readonly endpoint: string;
  /** Seconds since 1970; 0 while the node stays. */
  readonly leavesAt: number;
  readonly openChallenges: number;
  /** What `collect` would pay beside the stake. */
  readonly credit: { readonly coins: bigint; readonly ether: bigint };
  readonly coin: { readonly address: Address; readonly symbol: string; readonly decimals: number };
};

/** Reads a node's standing in the registry. */
export async function readStanding(client: PublicClient, registry: Address, node: Address): Promise<NodeStanding> {
  const at = { address: registry, abi: nodeRegistryAbi } as const;
  const [view, minStake, coin] = await Promise.all([
    client.readContract({ ...at, functionName: "nodeOf", args: [node] }),
    client.readContract({ ...at, functionName: "minStake" }),
    client.readContract({ ...at, functionName: "coin" }),
  ]);
  const token = { address: coin, abi: erc20Abi } as const;
  const [symbol, decimals, coins, ether] = await Promise.all([
    client.readContract({ ...token, functionName: "symbol" }),
    client.readContract({ ...token, functionName: "decimals" }),
    client.readContract({ ...at, functionName: "creditOf", args: [node, coin] }),
    client.readContract({ ...at, functionName: "creditOf", args: [node, zeroAddress] }),
  ]);
  return {
    node,
    registered: view.endpoint !== "",
    active: view.active,
    stake: view.stake,
    minStake,
    endpoint: view.endpoint,
    leavesAt: view.leavesAt,
    openChallenges: view.openChallenges,
    credit: { coins, ether },
    coin: { address: coin, symbol, decimals },
  };
}

/** What an operator sends to the registry. Each waits until it is mined and returns the transaction's hash. */
export type RegistryCalls = {
  /** Allows the registry to take the coins first, where needed. `amount` in wei. */
  readonly addStake: (amount: bigint) => Promise<Hex>;
  readonly addKey: (key: Address, proof: Hex) => Promise<Hex>;
  readonly setEndpoint: (endpoint: string) => Promise<Hex>;
  readonly attest: (attestations: readonly Attestation[], signatures: readonly Hex[]) => Promise<Hex>;
  readonly leave: () => Promise<Hex>;
  readonly collect: () => Promise<Hex>;
};

export function createRegistryCalls(client: PublicClient, operator: Operator, registry: Address): RegistryCalls {
  const at = { account: operator.account, address: registry, abi: nodeRegistryAbi } as const;
  const mined = async (hash: Hex): Promise<Hex> => {
    const { status } = await client.waitForTransactionReceipt({ hash, timeout: 120_000 });
    if (status !== "success") throw new RegistrationError(`The transaction ${hash} failed.`);
    return hash;
  };
  const allow = async (amount: bigint): Promise<void> => {
    const coin = await client.readContract({ ...at, functionName: "coin" });
    const token = { address: coin, abi: erc20Abi, account: operator.account } as const;
    const node = operator.account.address;
    const [balance, allowed] = await Promise.all([
      client.readContract({ ...token, functionName: "balanceOf", args: [node] }),
      client.readContract({ ...token, functionName: "allowance", args: [node, registry] }),
    ]);
    if (balance < amount) {
      throw new RegistrationError("The operator's account holds too few coins.", {
        metaMessages: [`account: ${node}`, `coin: ${coin}`, `holds: ${balance} wei`, `asked for: ${amount} wei`],
      });
    }
    if (allowed >= amount) return;
    const { request } = await client.simulateContract({ ...token, functionName: "approve", args: [registry, amount] });
    await mined(await operator.writeContract(request));
  };
  return {
    async addStake(amount) {
      await allow(amount);
      const { request } = await client.simulateContract({ ...at, functionName: "addStake", args: [amount] });
      return await mined(await operator.writeContract(request));
    },
    async addKey(key, proof) {
      const { request } = await client.simulateContract({ ...at, functionName: "addKey", args: [key, proof] });
      return await mined(await operator.writeContract(request));
    },
    async setEndpoint(endpoint) {
      const { request } = await client.simulateContract({ ...at, functionName: "setEndpoint", args: [endpoint] });
      return await mined(await operator.writeContract(request));
    },
    async attest(attestations, signatures) {
      const args = [attestations, signatures] as const;
      const { request } = await client.simulateContract({ ...at, functionName: "attest", args });
      return await mined(await operator.writeContract(request));
    },
    async leave() {
      const { request } = await client.simulateContract({ ...at, functionName: "leave" });
      return await mined(await operator.writeContract(request));
    },
    async collect() {
      const { request } = await client.simulateContract({ ...at, functionName: "collect" });
      return await mined(await operator.writeContract(request));
    },
  };
}
