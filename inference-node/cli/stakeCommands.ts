import { formatUnits } from "viem";
import { InvalidInputError } from "#protocol/errors.ts";
import { attestationOf, attestationsAnswer, modelId } from "#protocol/node.ts";
import { readAmount } from "../chain/coinAmount.ts";
import { refuseOneKey } from "../chain/registerNode.ts";
import type { NodeStanding } from "../chain/registryCalls.ts";
import { readStanding } from "../chain/registryCalls.ts";
import { createSigner } from "../sign/createSigner.ts";
import { askNode } from "./askNode.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { nodeAddress, openChain, openOperator } from "./openOperator.ts";
import { readKey } from "./readKey.ts";
import { say } from "./say.ts";

export type Spoken = { readonly json?: boolean };

/** Says what is at stake; with `add`, an amount in coins such as "12.5", adds to it first. */
export async function stakeCommand(
  config: NodeConfig,
  { json, add }: Spoken & { readonly add?: string },
): Promise<void> {
  if (add === undefined) {
    const node = await nodeAddress(config);
    const { client } = await openChain(config.rpcUrl);
    const standing = await readStanding(client, config.nodeRegistry, node);
    return say(json, standing, describeStanding(standing));
  }
  const { client, node, calls } = await openOperator(config);
  const before = await readStanding(client, config.nodeRegistry, node);
  const transaction = await calls.addStake(await readAmount(client, before.coin.address, add));
  const standing = await readStanding(client, config.nodeRegistry, node);
  say(json, { ...standing, transaction }, [
    `added ${add} ${standing.coin.symbol} (${transaction})`,
    ...describeStanding(standing),
  ]);
}

/** Registers the configured signing key beside those that the node has. */
export async function keyAddCommand(config: NodeConfig, { json }: Spoken): Promise<void> {
  const key = await readKey(config.key, "the signing key to add");
  const { chainId, node, calls } = await openOperator(config);
  refuseOneKey(node, key.address, config.allowOneKey);
  const signer = createSigner({ account: key, node, chainId, registry: config.nodeRegistry });
  const transaction = await calls.addKey(signer.key, await signer.proveKey());
  say(json, { node, key: signer.key, transaction }, [
    `the key ${signer.key} signs for ${node} from now on (${transaction})`,
    "Keys cannot be taken away: whoever has an old one can cost you the stake until it has left.",
  ]);
}

/** Tells the registry where the world reaches the node. */
export async function endpointCommand(config: NodeConfig, url: string, { json }: Spoken): Promise<void> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url) || url.length > 256)
    throw new InvalidInputError(`"${url}" is no http or https address of at most 256 characters.`);
  const { node, calls } = await openOperator(config);
  const transaction = await calls.setEndpoint(url);
  say(json, { node, endpoint: url, transaction }, [`${node} is reached at ${url} from now on (${transaction})`]);
}

/** Puts on chain what a running node has signed this hour. `url`: its base URL. */
export async function attestCommand(config: NodeConfig, url: string, { json }: Spoken): Promise<void> {
  const { attestations } = attestationsAnswer.parse(await askNode(url, "/v1/attestations", config));
  if (attestations.length === 0) {
    throw new InvalidInputError("The node has signed nothing yet.", {
      metaMessages: ["It signs once a model is verified whole; `npm run node -- status` says how far it is."],
    });
  }
  const { calls } = await openOperator(config);
  const statements = attestations.map(({ attestation }) => attestationOf(attestation));
  const transaction = await calls.attest(
    statements,
    attestations.map(({ signature }) => signature),
  );
  const entries = statements.map(({ contest, entryId }) => modelId(contest, entryId));
  say(json, { entries, transaction }, [`attested on chain: ${entries.join(", ")} (${transaction})`]);
}

/** Starts the seven days after which the stake can be collected. `sure`: asked before anything is sent. */
export async function exitCommand(
  config: NodeConfig,
  { json, sure }: Spoken & { readonly sure: () => Promise<boolean> },
): Promise<void> {
  const { client, node, calls } = await openOperator(config);
  if (!(await sure())) throw new InvalidInputError("Nothing was sent.");
  const transaction = await calls.leave();
  const standing = await readStanding(client, config.nodeRegistry, node);
  say(json, { ...standing, transaction }, [
    `${node} is leaving (${transaction})`,
    `Keep the node running until ${dateOf(standing.leavesAt)}: it can be asked for blocks until then. After that:`,
    "  npm run node -- collect",
  ]);
}

/** Pays out what is owed: credits, and the stake once the node has left. */
export async function collectCommand(config: NodeConfig, { json }: Spoken): Promise<void> {
  const { client, node, calls } = await openOperator(config);
  const before = await readStanding(client, config.nodeRegistry, node);
  const transaction = await calls.collect();
  const standing = await readStanding(client, config.nodeRegistry, node);
  const left = before.stake > 0n && standing.stake === 0n;
  const { symbol, decimals } = before.coin;
  const coins = before.credit.coins + (left ? before.stake : 0n);
  say(json, { ...standing, transaction, collected: { coins, ether: before.credit.ether } }, [
    `collected ${formatUnits(coins, decimals)} ${symbol} and ${formatUnits(before.credit.ether, 18)} ether (${transaction})`,
    ...(before.stake > 0n && !left ? [`the stake stays until ${dateOf(before.leavesAt)}`] : []),
  ]);
}

function describeStanding(standing: NodeStanding): string[] {
  const { coin, credit } = standing;
  const amount = (wei: bigint): string => `${formatUnits(wei, coin.decimals)} ${coin.symbol}`;
  if (!standing.registered)
    return [`${standing.node} is not registered; a stake of ${amount(standing.minStake)} is the least`];
  const state =
    standing.leavesAt > 0 ? `leaving, free from ${dateOf(standing.leavesAt)}` : standing.active ? "active" : "inactive";
  return [
    `node       ${standing.node}, ${state}`,
    `stake      ${amount(standing.stake)} (least: ${amount(standing.minStake)})`,
    `endpoint   ${standing.endpoint}`,
    `challenges ${standing.openChallenges} open`,
    `credit     ${amount(credit.coins)}, ${formatUnits(credit.ether, 18)} ether`,
    ...(!standing.active && standing.leavesAt === 0
      ? [`Add ${amount(standing.minStake - standing.stake)} to be active again: stake --add`]
      : []),
  ];
}

function dateOf(seconds: number): string {
  return seconds === 0
    ? "it leaves (npm run node -- exit)"
    : new Date(seconds * 1000).toISOString().replace(".000", "");
}
