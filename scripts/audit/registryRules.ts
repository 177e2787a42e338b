/** What a registry was made with. Amounts in wei: of its coin, and of the chain's own for the bond. */
export type RegistryRules = {
  readonly coin: string;
  readonly factory: string;
  readonly minStake: bigint;
  readonly minBlockBond: bigint;
};

/** The chain's own coin, where a token is named. */
export const NATIVE = `0x${"0".repeat(40)}`;
