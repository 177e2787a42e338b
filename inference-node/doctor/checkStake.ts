import type { Address } from "viem";
import { formatEther, formatUnits } from "viem";
import type { NodeStanding } from "../chain/registryCalls.ts";
import type { Finding } from "./finding.ts";
import { care, good, mend } from "./finding.ts";

export type StakeFacts = {
  readonly standing: NodeStanding;
  /** The signing key's address; null when it could not be opened. */
  readonly key: Address | null;
  /** Whom the registry has this key for; null for nobody. */
  readonly keyOwner: Address | null;
  /** Wei of the chain's own coin on the account that pays for attestations. */
  readonly gas: bigint;
  /** The account that pays. */
  readonly carrier: Address;
};

/** Whether the registry knows the node as it is configured, and whether it could pay and would be believed. */
export function checkStake({ standing, key, keyOwner, gas, carrier }: StakeFacts): Finding[] {
  const { coin, stake, minStake, node } = standing;
  const amount = (wei: bigint): string => `${formatUnits(wei, coin.decimals)} ${coin.symbol}`;
  const findings: Finding[] = [];
  if (!standing.registered)
    findings.push(
      mend("stake", `${node} is not registered`, `npm run node -- register (least stake: ${amount(minStake)})`),
    );
  else if (standing.leavesAt > 0)
    findings.push(
      care("stake", `${node} is leaving`, "Serve until its seven days are over, then: npm run node -- collect"),
    );
  else if (!standing.active)
    findings.push(
      mend(
        "stake",
        `${amount(stake)}, below the least of ${amount(minStake)}`,
        `npm run node -- stake --add ${formatUnits(minStake - stake, coin.decimals)}`,
      ),
    );
  else findings.push(good("stake", `${amount(stake)}, active`));
  if (standing.openChallenges > 0)
    findings.push(
      care("challenges", `${standing.openChallenges} open`, "Keep `serve` running: it answers them within seconds."),
    );
  if (key !== null) findings.push(...checkKey(node, key, keyOwner));
  findings.push(
    gas === 0n
      ? mend(
          "gas",
          `${carrier} holds no ether`,
          "Send it a little: attestations and answers to block challenges cost gas, and an unanswered one costs a fifth of the stake.",
        )
      : good("gas", `${carrier} holds ${formatEther(gas)} ether`),
  );
  return findings;
}

function checkKey(node: Address, key: Address, owner: Address | null): Finding[] {
  const same = key.toLowerCase() === node.toLowerCase();
  const held = same
    ? [
        care(
          "key",
          `the signing key ${key} is the key that holds the stake`,
          "Whoever breaks into this machine then has the stake too. Make another: npm run node -- key new node-key-2.json, then key add.",
        ),
      ]
    : [];
  if (owner === null)
    return [
      ...held,
      mend(
        "key",
        `the registry does not know the signing key ${key}`,
        "npm run node -- register brings it along, or key add where the node is registered",
      ),
    ];
  if (owner.toLowerCase() !== node.toLowerCase())
    return [
      ...held,
      mend("key", `the signing key ${key} answers for another node, ${owner}`, "Give this node a key of its own."),
    ];
  return same ? held : [good("key", `${key}, registered, and not the key that holds the stake`)];
}
