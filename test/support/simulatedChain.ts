import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createHardhatRuntimeEnvironment, importUserConfig, resolveHardhatConfigPath } from "hardhat/hre";
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  decodeErrorResult,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  getAddress,
  type Hex,
  numberToHex,
} from "viem";
import { z } from "zod";

type Provider = { request(call: { method: string; params?: readonly unknown[] }): Promise<unknown> };

type WriteName<A extends Abi> = ContractFunctionName<A, "nonpayable" | "payable">;
type ReadName<A extends Abi> = ContractFunctionName<A, "view" | "pure">;

type Write<A extends Abi, N extends WriteName<A>> = {
  readonly from: Address;
  readonly to: Address;
  readonly abi: A;
  readonly functionName: N;
  readonly args: ContractFunctionArgs<A, "nonpayable" | "payable", N>;
  /** Wei of the chain's own coin. */
  readonly value?: bigint;
};

type Read<A extends Abi, N extends ReadName<A>> = {
  readonly to: Address;
  readonly abi: A;
  readonly functionName: N;
  readonly args: ContractFunctionArgs<A, "view" | "pure", N>;
};

/** Below the most that Osaka allows a transaction. Source: EIP-7825. */
const GAS_LIMIT = 16_000_000n;

const Receipt = z.object({
  status: z.string(),
  gasUsed: z.string(),
  contractAddress: z.string().nullable(),
  transactionHash: z.string(),
  logs: z.array(z.object({ address: z.string(), topics: z.array(z.string()), data: z.string() })),
});

/** A transaction that reverted, with the error's name and values. */
export class RevertedError extends Error {
  readonly errorName: string;
  constructor(errorName: string, details: string) {
    super(details);
    this.name = "RevertedError";
    this.errorName = errorName;
  }
}

/** A chain inside this process, as hardhat.config.ts describes it. `start`: seconds since 1970 of its first block. */
export async function createSimulatedChain({ start }: { readonly start: number }) {
  const config = await importUserConfig(await resolveHardhatConfigPath());
  const hre = await createHardhatRuntimeEnvironment(config);
  const connection = await hre.network.create({
    network: "default",
    override: { initialDate: new Date(start * 1_000) },
  });
  const provider: Provider = connection.provider;
  const accounts = z
    .array(z.string())
    .parse(await provider.request({ method: "eth_accounts" }))
    .map((account) => getAddress(account));

  async function transact(transaction: { from: Address; to?: Address; data: Hex; value?: Hex }, abi: Abi) {
    const hash = await provider
      .request({ method: "eth_sendTransaction", params: [{ ...transaction, gas: numberToHex(GAS_LIMIT) }] })
      .catch((cause: unknown) => {
        throw revertOf(cause, abi);
      });
    const receipt = Receipt.parse(await provider.request({ method: "eth_getTransactionReceipt", params: [hash] }));
    return { ...receipt, gasUsed: Number(receipt.gasUsed) };
  }

  return {
    accounts,
    provider,

    /** Deploys a compiled contract and returns its address. */
    async deploy(contract: { abi: Abi; bytecode: Hex }, args: readonly unknown[], from: Address): Promise<Address> {
      const data = encodeDeployData({ ...contract, args });
      const { contractAddress } = await transact({ from, data }, contract.abi);
      return getAddress(z.string().parse(contractAddress));
    },

    /** Sends a transaction and returns its receipt; throws `RevertedError`. */
    write<const A extends Abi, N extends WriteName<A>>(call: Write<A, N>) {
      const data = encodeFunctionData(call as Parameters<typeof encodeFunctionData>[0]);
      return transact({ from: call.from, to: call.to, data, value: numberToHex(call.value ?? 0n) }, call.abi);
    },

    async read<const A extends Abi, N extends ReadName<A>>(
      call: Read<A, N>,
    ): Promise<ContractFunctionReturnType<A, "view" | "pure", N>> {
      const data = encodeFunctionData(call as Parameters<typeof encodeFunctionData>[0]);
      const result = await provider.request({ method: "eth_call", params: [{ to: call.to, data }, "latest"] });
      return decodeFunctionResult({
        abi: call.abi as Abi,
        functionName: call.functionName as string,
        data: result as Hex,
      }) as ContractFunctionReturnType<A, "view" | "pure", N>;
    },

    /** The next block's time, in seconds since 1970. */
    async setNextTime(time: number): Promise<void> {
      await provider.request({ method: "evm_setNextBlockTimestamp", params: [time] });
    },

    /** Makes a block at `time`, in seconds since 1970. */
    async mineAt(time: number): Promise<void> {
      await provider.request({ method: "evm_setNextBlockTimestamp", params: [time] });
      await provider.request({ method: "evm_mine" });
    },

    /** An address without a key that may send from now on. */
    async impersonate(account: Address): Promise<Address> {
      await provider.request({ method: "hardhat_impersonateAccount", params: [account] });
      await provider.request({ method: "hardhat_setBalance", params: [account, numberToHex(10n ** 21n)] });
      return account;
    },

    close: () => connection.close(),
  };
}

/** What the compiler made of a contract. `path`: below artifacts, such as `contracts/ContestFactory.sol/ContestFactory`. */
export function compiled(path: string): { abi: Abi; bytecode: Hex } {
  const file = fileURLToPath(new URL(`../../artifacts/${path}.json`, import.meta.url));
  return z.object({ abi: z.any(), bytecode: z.any() }).parse(JSON.parse(readFileSync(file, "utf8"))) as {
    abi: Abi;
    bytecode: Hex;
  };
}

function revertOf(cause: unknown, abi: Abi): unknown {
  const data = z.looseObject({ data: z.string().startsWith("0x") }).safeParse(cause);
  if (!data.success) return cause;
  try {
    const { errorName, args } = decodeErrorResult({ abi, data: data.data.data as Hex });
    return new RevertedError(errorName, `${errorName}(${(args ?? []).join(", ")})`);
  } catch {
    return cause;
  }
}
