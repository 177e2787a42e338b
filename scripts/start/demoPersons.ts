import type { Address, Hex } from "viem";
import { issueCredential } from "./demoIssuer.ts";

/** How the demo's own people become persons: its authors and its crowd. */
export type DemoPersons = {
  /** What the contest's rules name. */
  readonly adapter: Address;
  /** Proofs that `bind` takes in `contest`, one for each wallet, in their order. `now`: seconds since 1970. */
  readonly prove: (contest: Address, wallets: readonly Address[], now: number) => Promise<readonly Hex[]>;
};

/** Persons by word of the demo's issuer, who believes everybody. */
export function attestedPersons(adapter: Address): DemoPersons {
  return {
    adapter,
    prove: (contest, wallets, now) =>
      Promise.all(wallets.map(async (wallet) => (await issueCredential({ wallet, contest, adapter, now })).proof)),
  };
}
