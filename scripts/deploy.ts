import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Address, Hex } from "viem";
import { encodeDeployData, encodeFunctionData, erc20Abi, parseEventLogs } from "viem";
import { contestAbi, contestFactoryAbi, demoCoinAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import { panelArbitratorAbi } from "#protocol/arbitrationAbi.ts";
import { BaseError } from "#protocol/errors.ts";
import { attestedPersonhoodAbi } from "#protocol/personhoodAbi.ts";
import type { Rules } from "#protocol/rules.ts";
import type { Clients } from "./chainClients.ts";
import { send } from "./chainClients.ts";
import { root } from "./tool/root.ts";

/** Wei of the registry's coin: 200 coins. */
const DEFAULT_MIN_NODE_STAKE = 200n * 10n ** 18n;
/** Wei of the chain's own coin: 0.005. Less than twice 1.5 million gas from a base fee of 1.7 gwei on. */
const MIN_BLOCK_BOND = 5n * 10n ** 15n;

export type Deployed = {
  readonly coin: Address;
  readonly factory: Address;
  readonly nodeRegistry: Address;
  /** The attested adapter, where issuers were named. */
  readonly personhood: Address | null;
};

/** Puts the house's contracts on a chain, the demo coin included. `issuers`: who vouches for persons; none, no adapter. */
export async function deploy(
  clients: Clients,
  options: { readonly minNodeStake?: bigint; readonly issuers?: readonly Address[] } = {},
): Promise<Deployed> {
  const { minNodeStake = DEFAULT_MIN_NODE_STAKE, issuers = [] } = options;
  const put = async (source: string, encode: (bytecode: Hex) => Hex) =>
    putContract(clients, encode(await bytecodeOf(source)));
  const coin = await put("demo/DemoCoin", (bytecode) => encodeDeployData({ abi: demoCoinAbi, bytecode }));
  const factory = await put("ContestFactory", (bytecode) => encodeDeployData({ abi: contestFactoryAbi, bytecode }));
  const nodeRegistry = await put("nodes/NodeRegistry", (bytecode) =>
    encodeDeployData({ abi: nodeRegistryAbi, bytecode, args: [coin, factory, minNodeStake, MIN_BLOCK_BOND] }),
  );
  const personhood =
    issuers.length === 0
      ? null
      : await put("personhood/AttestedPersonhood", (bytecode) =>
          encodeDeployData({ abi: attestedPersonhoodAbi, bytecode, args: [[...issuers]] }),
        );
  return { coin, factory, nodeRegistry, personhood };
}

/** Puts a panel on a chain. `threshold`: how many members must vote alike. `fee`: wei of the chain's own coin. */
export async function deployPanel(
  clients: Clients,
  panel: { readonly members: readonly Address[]; readonly threshold: number; readonly fee: bigint },
): Promise<Address> {
  const bytecode = await bytecodeOf("arbitration/PanelArbitrator");
  const args = [panel.members, BigInt(panel.threshold), panel.fee] as const;
  return putContract(clients, encodeDeployData({ abi: panelArbitratorAbi, bytecode, args }));
}

/** Creates a contest. `salt`: 32 bytes that tell contests with equal rules apart. */
export async function createContest(
  clients: Clients,
  { factory, rules, salt }: { readonly factory: Address; readonly rules: Rules; readonly salt: Hex },
): Promise<Address> {
  const receipt = await send(clients, { to: factory, data: createContestData(rules, salt) });
  const [event] = parseEventLogs({ abi: contestFactoryAbi, eventName: "ContestCreated", logs: receipt.logs });
  if (event === undefined) throw new BaseError(`The factory at ${factory} created nothing.`);
  return event.args.contest;
}

/** The call that creates a contest. */
export function createContestData(rules: Rules, salt: Hex): Hex {
  return encodeFunctionData({ abi: contestFactoryAbi, functionName: "create", args: [asArguments(rules), salt] });
}

export type EntryInput = {
  readonly manifestHash: Hex;
  readonly modelSha256: Hex;
  readonly modelRoot: Hex;
  /** Bytes. */
  readonly modelSize: number;
  readonly manifestURI: string;
};

/** Submits an entry; approves exactly the bond first when less is approved. Returns the entry's id. */
export async function submitEntry(
  clients: Clients,
  { contest, rules, input }: { readonly contest: Address; readonly rules: Rules; readonly input: EntryInput },
): Promise<number> {
  await approve(clients, { coin: rules.coin, spender: contest, amount: rules.entryBond });
  const receipt = await send(clients, { to: contest, data: submitEntryData(input, rules.declarationHash) });
  const [event] = parseEventLogs({ abi: contestAbi, eventName: "EntrySubmitted", logs: receipt.logs });
  if (event === undefined) throw new BaseError(`The contest at ${contest} took no entry.`);
  return Number(event.args.entryId);
}

/** The call that submits an entry. `declaration`: the hash of the text that the author signs up to. */
export function submitEntryData(input: EntryInput, declaration: Hex): Hex {
  return encodeFunctionData({ abi: contestAbi, functionName: "submit", args: [input, declaration] });
}

/** Lets `spender` take exactly `amount` wei of a coin, unless it may already. */
export async function approve(
  clients: Clients,
  { coin, spender, amount }: { readonly coin: Address; readonly spender: Address; readonly amount: bigint },
): Promise<void> {
  const owner = clients.wallet.account.address;
  const allowed = await clients.publicClient.readContract({
    address: coin,
    abi: erc20Abi,
    functionName: "allowance",
    args: [owner, spender],
  });
  if (allowed >= amount) return;
  await send(clients, {
    to: coin,
    data: encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [spender, amount] }),
  });
}

/** Rules as the contract takes them. */
export function asArguments(rules: Rules) {
  const [a, b, c, d, e, f, g, h, i, j, ...more] = rules.split;
  if (j === undefined || more.length > 0) throw new BaseError("A contest's split names ten ranks.");
  return { ...rules, split: [a, b, c, d, e, f, g, h, i, j] as Tuple10 };
}
type Tuple10 = readonly [number, number, number, number, number, number, number, number, number, number];

/** Sends creation code and returns where the contract landed. */
export async function putContract({ publicClient, wallet }: Clients, data: Hex): Promise<Address> {
  const hash = await wallet.sendTransaction({ data });
  const { contractAddress } = await publicClient.waitForTransactionReceipt({ hash });
  if (!contractAddress)
    throw new BaseError("A contract could not be deployed.", { metaMessages: [`transaction: ${hash}`] });
  return contractAddress;
}

/** Compiled code of `contracts/<source>.sol`. */
async function bytecodeOf(source: string): Promise<Hex> {
  const file = path.join(root, "artifacts", "contracts", `${source}.sol`, `${path.basename(source)}.json`);
  const { bytecode }: { bytecode: Hex } = JSON.parse(await readFile(file, "utf8"));
  return bytecode;
}
