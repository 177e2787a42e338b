import type { RegistryRecount } from "./recountRegistry.ts";
import { NATIVE } from "./registryRules.ts";

/** What the registry must hold, in wei, by the events alone: of its coin, and of the chain's own. */
export type RegistryOwed = {
  readonly coin: {
    readonly stakes: bigint;
    readonly credits: bigint;
    /** Slashed, and waiting for `burn`. */
    readonly unburned: bigint;
    readonly total: bigint;
  };
  readonly native: {
    /** Of block challenges that are open. */
    readonly bonds: bigint;
    readonly credits: bigint;
    readonly total: bigint;
  };
};

export function registryOwed({ nodes, challenges, credits, unburned }: RegistryRecount): RegistryOwed {
  const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
  const stakes = sum([...nodes.values()].map(({ stake }) => stake));
  const inCoin = sum(credits.filter(({ token }) => token !== NATIVE).map(({ amount }) => amount));
  const inNative = sum(credits.filter(({ token }) => token === NATIVE).map(({ amount }) => amount));
  const open = [...challenges.values()].filter(({ state }) => state === "open");
  const bonds = sum(open.map(({ bond }) => bond));
  return {
    coin: { stakes, credits: inCoin, unburned, total: stakes + inCoin + unburned },
    native: { bonds, credits: inNative, total: bonds + inNative },
  };
}
