import type { RegistryEvent } from "./registryEvent.ts";
import type { RegistryRules } from "./registryRules.ts";
import { NATIVE } from "./registryRules.ts";

/** What a node can be slashed for, in the order of the contract. */
export const FAULTS = ["a false attestation", "a false receipt", "a missing block"] as const;
export const MISSING_BLOCK = 2;

/** An event in the words in which another one calls for it. */
export function tell(event: RegistryEvent, rules: RegistryRules): string {
  if (event.kind === "credited") return creditText(event.account, event.token, event.amount, rules);
  if (event.kind === "stakeSet") return stakeText(event.node, event.stake);
  if (event.kind === "slashed") return slashText(event.node, event.amount, event.fault);
  if (event.kind === "keyAdded") return `a key of ${event.node}`;
  return event.kind;
}

export function creditText(account: string, token: string, amount: bigint, rules: RegistryRules): string {
  return `${amount} ${coinName(token, rules)} credited to ${account}`;
}

export function coinName(token: string, { coin }: RegistryRules): string {
  return token === coin ? "in the coin" : token === NATIVE ? "in the chain's own coin" : `in ${token}`;
}

export function stakeText(node: string, stake: bigint): string {
  return `stake of ${node} set to ${stake}`;
}

export function slashText(node: string, amount: bigint, fault: number): string {
  return `${node} slashed by ${amount} for ${FAULTS[fault] ?? `fault ${fault}`}`;
}
