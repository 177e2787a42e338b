import type { Address } from "viem";

export type Deployment = {
  readonly factory: Address;
  readonly nodeRegistry: Address;
};

/**
 * Where the contracts live, by chain id. Empty until a public deployment exists: the local demo writes its own
 * addresses to `.coindrop/demo.json`, because they belong to a chain that lives as long as one command.
 */
export const deployments: Readonly<Record<number, Deployment>> = {};
