import type { Account, Address, Chain, Hex, PublicClient, Transport, WalletClient } from "viem";
import { erc20Abi, formatUnits } from "viem";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import { BaseError } from "#protocol/errors.ts";
import type { Signer } from "../sign/createSigner.ts";
import { readAmount } from "./coinAmount.ts";

/** What a registration cannot go on without. */
export class RegistrationError extends BaseError {
  override readonly name = "RegistrationError";
}

export type Registration = {
  readonly client: PublicClient;
  /** The node's own account: it holds the stake. */
  readonly operator: WalletClient<Transport, Chain, Account>;
  readonly signer: Signer;
  readonly endpoint: string;
  /** In coins, such as "200"; the registry's least stake when null. */
  readonly stake: string | null;
  /** Whether the signing key may be the one that holds the stake. */
  readonly allowOneKey: boolean;
};

/**
 * Makes the registry know a node: its stake, endpoint and signing key, in as many transactions as are still needed.
 *
 * Safe to repeat: what is there already stays. Returns what was done, in words. Throws `RegistrationError` when the
 * coins are missing, the key answers for another node, or is the operator's own; and what `readAmount` throws.
 */
export async function registerNode(registration: Registration): Promise<string[]> {
  const { client, operator, signer, endpoint, stake } = registration;
  const registry = { address: signer.registry, abi: nodeRegistryAbi } as const;
  const node = operator.account.address;
  const done: string[] = [];
  const mined = async (hash: Hex, what: string): Promise<void> => {
    const { status } = await client.waitForTransactionReceipt({ hash, timeout: 120_000 });
    if (status !== "success") throw new RegistrationError(`The transaction ${hash} failed: ${what}.`);
    done.push(what);
  };

  const owner = await client.readContract({ ...registry, functionName: "nodeOfKey", args: [signer.key] });
  if (!isZero(owner) && owner.toLowerCase() !== node.toLowerCase()) {
    throw new RegistrationError(`The signing key ${signer.key} answers for another node, ${owner}.`, {
      metaMessages: ["Give this node a signing key of its own."],
    });
  }
  if (isZero(owner)) refuseOneKey(node, signer.key, registration.allowOneKey);
  const current = await client.readContract({ ...registry, functionName: "nodeOf", args: [node] });
  const known = current.stake > 0n || current.endpoint !== "";

  if (!known) {
    const coin = await client.readContract({ ...registry, functionName: "coin" });
    const amount =
      stake === null
        ? await client.readContract({ ...registry, functionName: "minStake" })
        : await readAmount(client, coin, stake);
    const coins = await amountsOf(client, coin);
    await approve({ client, operator, coin, spender: signer.registry, amount, coins, mined });
    const { request } = await client.simulateContract({
      ...registry,
      account: operator.account,
      functionName: "register",
      args: [endpoint, signer.key, await signer.proveKey(), amount],
    });
    await mined(await operator.writeContract(request), `registered with a stake of ${coins(amount)} at ${endpoint}`);
    return done;
  }
  if (isZero(owner)) {
    const { request } = await client.simulateContract({
      ...registry,
      account: operator.account,
      functionName: "addKey",
      args: [signer.key, await signer.proveKey()],
    });
    await mined(await operator.writeContract(request), `added the signing key ${signer.key}`);
  }
  if (current.endpoint !== endpoint) {
    const { request } = await client.simulateContract({
      ...registry,
      account: operator.account,
      functionName: "setEndpoint",
      args: [endpoint],
    });
    await mined(await operator.writeContract(request), `moved the endpoint to ${endpoint}`);
  }
  return done;
}

/** Throws `RegistrationError` where the key to be registered holds the stake, too, and that was not asked for. */
export function refuseOneKey(node: Address, key: Address, allowed: boolean): void {
  if (allowed || node.toLowerCase() !== key.toLowerCase()) return;
  throw new RegistrationError("The signing key is the key that holds the stake.", {
    metaMessages: [
      `account: ${node}`,
      "It lies on a machine that strangers talk to: whoever breaks in would have the stake, too.",
      "Make another: npm run node -- key new node-key-2.json. To use one for both all the same: --allow-one-key",
    ],
  });
}

async function approve(options: {
  readonly client: PublicClient;
  readonly operator: WalletClient<Transport, Chain, Account>;
  readonly coin: Address;
  readonly spender: Address;
  readonly amount: bigint;
  readonly coins: (wei: bigint) => string;
  readonly mined: (hash: Hex, what: string) => Promise<void>;
}): Promise<void> {
  const { client, operator, coin, spender, amount, coins } = options;
  const token = { address: coin, abi: erc20Abi } as const;
  const node = operator.account.address;
  const balance = await client.readContract({ ...token, functionName: "balanceOf", args: [node] });
  if (balance < amount) {
    throw new RegistrationError("The operator's account holds too few coins for the stake.", {
      metaMessages: [`account: ${node}`, `coin: ${coin}`, `holds: ${coins(balance)}`, `stake: ${coins(amount)}`],
    });
  }
  const allowed = await client.readContract({ ...token, functionName: "allowance", args: [node, spender] });
  if (allowed >= amount) return;
  const { request } = await client.simulateContract({
    ...token,
    account: operator.account,
    functionName: "approve",
    args: [spender, amount],
  });
  await options.mined(await operator.writeContract(request), `allowed the registry to take ${coins(amount)}`);
}

/** Amounts in words, such as "200 DROP". */
async function amountsOf(client: PublicClient, coin: Address): Promise<(wei: bigint) => string> {
  const token = { address: coin, abi: erc20Abi } as const;
  const [symbol, decimals] = await Promise.all([
    client.readContract({ ...token, functionName: "symbol" }),
    client.readContract({ ...token, functionName: "decimals" }),
  ]);
  return (wei) => `${formatUnits(wei, decimals)} ${symbol}`;
}

function isZero(address: Address): boolean {
  return /^0x0+$/.test(address);
}
