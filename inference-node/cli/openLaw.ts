import type { Address } from "viem";
import { zeroAddress } from "viem";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import { addressSchema } from "#protocol/primitives.ts";
import type { ReceiptLaw } from "../audit/checkReceipt.ts";
import type { SavedBundle } from "../audit/savedBundle.ts";
import { connect, readChainId } from "../chain/connect.ts";

type Flags = { readonly rpc?: string; readonly nodeRegistry?: string; readonly chainId?: number };

/** Where signatures are good, by the flags or by what a bundle's client noted. Throws `InvalidInputError`. */
export async function openLaw(flags: Flags): Promise<(bundle: SavedBundle) => ReceiptLaw> {
  const given = flags.nodeRegistry === undefined ? undefined : addressSchema.safeParse(flags.nodeRegistry);
  if (given?.success === false) throw new InvalidInputError(`${flags.nodeRegistry} is no address.`);
  const registry = given?.data;
  if (flags.rpc === undefined) return (bundle) => noted(flags.chainId ?? bundle.chainId, registry ?? bundle.registry);

  if (registry === undefined)
    throw new InvalidInputError("Which registry knows the keys?", { metaMessages: ["--node-registry ADDRESS"] });
  const chainId = await readChainId(flags.rpc).catch((error: unknown) => {
    throw new InvalidInputError(`The chain at ${flags.rpc} does not answer.`, {
      metaMessages: [shortMessageOf(error)],
      cause: error,
    });
  });
  const client = connect(flags.rpc, chainId);
  const known = new Map<Address, Promise<Address | null>>();
  const nodeOfKey = (key: Address): Promise<Address | null> => {
    const owner = known.get(key) ?? ask(key);
    known.set(key, owner);
    return owner;
  };
  const ask = async (key: Address): Promise<Address | null> => {
    const at = { address: registry, abi: nodeRegistryAbi } as const;
    const owner = await client.readContract({ ...at, functionName: "nodeOfKey", args: [key] });
    return owner === zeroAddress ? null : owner;
  };
  return () => ({ chainId, registry, nodeOfKey });
}

function noted(chainId: number | undefined, registry: Address | undefined): ReceiptLaw {
  if (chainId !== undefined && registry !== undefined) return { chainId, registry };
  throw new InvalidInputError("A bundle does not say which registry its signature is for.", {
    metaMessages: ["--chain-id N --node-registry ADDRESS, or --rpc URL --node-registry ADDRESS"],
  });
}
