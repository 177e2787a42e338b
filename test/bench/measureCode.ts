import { type Hex, size } from "viem";
import { z } from "zod";
import { contestFactoryAbi } from "#protocol/abi.ts";
import type { ContestLab } from "../support/contestLab.ts";

/** Bytes of the code behind every contest, as it lies on the chain. */
export async function measureCode({ chain, factory }: ContestLab): Promise<number> {
  const at = await chain.read({ to: factory, abi: contestFactoryAbi, functionName: "implementation", args: [] });
  const code = await chain.provider.request({ method: "eth_getCode", params: [at, "latest"] });
  return size(z.string().parse(code) as Hex);
}
