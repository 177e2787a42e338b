import { access, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PublicClient } from "viem";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import { shortMessageOf } from "#protocol/errors.ts";
import { createContestsReader } from "../chain/readContests.ts";
import { readStanding } from "../chain/registryCalls.ts";
import type { NodeConfig } from "../cli/nodeConfig.ts";
import { contestsOf, stateFolderOf } from "../cli/nodeConfig.ts";
import { openChain } from "../cli/openOperator.ts";
import { operatorKeyPurpose, readKey } from "../cli/readKey.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import { monotonic } from "../monotonic.ts";
import { openState, StateFolderError } from "../state/openState.ts";
import { checkClock } from "./checkClock.ts";
import { checkEndpoint } from "./checkEndpoint.ts";
import { checkDisk, checkMachine, checkMemory } from "./checkMachine.ts";
import { checkStake } from "./checkStake.ts";
import { checkTls } from "./checkTls.ts";
import type { Finding } from "./finding.ts";
import { care, good, mend } from "./finding.ts";
import { surveyModels } from "./surveyModels.ts";

/** Longest wait for a new block, which tells a slow chain from a wrong clock. */
const blockPatienceMs = 15_000;

/** Looks at everything that a node needs, in the order in which a person would mend it. Never throws. */
export async function examine(config: NodeConfig, now: () => number = Date.now): Promise<Finding[]> {
  const findings = [...(await checkMachine(config)), checkState(config)];
  if (config.tls !== undefined) findings.push(await checkTls(config.tls, config.endpoint, now()));
  if ("keystore" in config.key) findings.push(...(await checkKeystore(config.key.keystore)));
  const chain = await openChain(config.rpcUrl).catch((error: unknown) => error);
  if (chain instanceof Error) {
    const advice =
      "A node serves on without the chain, but attests late and answers no challenge. Start the chain or name another endpoint with --rpc.";
    findings.push(mend("chain", chain.message.split("\n").join(" "), advice));
    return [...findings, ...(await checkEndpoint(config.endpoint, null))];
  }
  const { client, chainId } = chain as Awaited<ReturnType<typeof openChain>>;
  findings.push(await clockOf(client, now));
  const entries = await entriesOf(config, client);
  if (entries instanceof Error)
    findings.push(
      mend("chain", shortMessageOf(entries), "Look at factory, nodeRegistry and contest in the configuration."),
    );
  else {
    findings.push(
      good("chain", `chain ${chainId}, ${entries.length} ${entries.length === 1 ? "entry" : "entries"} to host`),
    );
    const { needs, missing } = await surveyModels(config, entries);
    // A card's memory is its own, but for a limit that somebody sets.
    if (config.gpu === false || config.memory !== undefined)
      findings.push(checkMemory(needs, config.memory ?? process.availableMemory(), config.unloadIdle));
    findings.push(await diskOf(config, missing));
  }
  const { stake, registered } = await stakeOf(config, client).catch((error: unknown) => ({
    stake: [
      mend(
        "stake",
        `cannot be looked at: ${shortMessageOf(error)}`,
        "Name the node's account (--node 0x…) and its key.",
      ),
    ],
    registered: null,
  }));
  return [...findings, ...stake, ...(await checkEndpoint(config.endpoint, registered))];
}

function checkState(config: NodeConfig): Finding {
  const folder = stateFolderOf(config);
  try {
    openState(folder).close();
    return good("state", `${folder} can be written`);
  } catch (error) {
    const runs = error instanceof StateFolderError && error.message.includes("Another process");
    return runs
      ? good("state", `${folder} is held by a running node`)
      : mend("state", shortMessageOf(error), "Name another folder with --state.");
  }
}

async function checkKeystore(file: string): Promise<Finding[]> {
  const mode = await stat(file).then(
    (found) => found.mode,
    () => null,
  );
  if (mode === null) return [mend("keystore", `there is none at ${file}`, "npm run node -- key new FILE makes one.")];
  if (process.platform !== "win32" && (mode & 0o077) !== 0)
    return [care("keystore", `${file} can be read by others on this machine`, `chmod 600 ${file}`)];
  return [];
}

async function clockOf(client: PublicClient, now: () => number): Promise<Finding> {
  const first = await client.getBlock();
  const found = checkClock(now() / 1000, Number(first.timestamp), false);
  if (found.state !== "care") return found;
  for (const began = monotonic(); monotonic() - began < blockPatienceMs; await sleep(500)) {
    const next = await client.getBlock();
    if (next.number > first.number) return checkClock(now() / 1000, Number(next.timestamp), true);
  }
  return found;
}

async function entriesOf(config: NodeConfig, client: PublicClient): Promise<readonly EntryFacts[] | Error> {
  try {
    const factory = await client.readContract({
      address: config.nodeRegistry,
      abi: nodeRegistryAbi,
      functionName: "factory",
    });
    if (factory.toLowerCase() !== config.factory) return new Error(`the registry belongs to the factory ${factory}`);
    const read = createContestsReader({
      ...config,
      contests: contestsOf(config),
      client,
      fromBlock: BigInt(config.fromBlock),
      depth: BigInt(config.depth),
    });
    return (await read()).entries;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function diskOf({ store }: NodeConfig, missing: number): Promise<Finding> {
  const there = async (path: string): Promise<boolean> =>
    await access(path).then(
      () => true,
      () => false,
    );
  let folder = resolve(store);
  while (!(await there(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  return checkDisk(store, missing, bavail * bsize);
}

async function stakeOf(
  config: NodeConfig,
  client: PublicClient,
): Promise<{ stake: Finding[]; registered: string | null }> {
  const findings: Finding[] = [];
  const open = async (source: NodeConfig["key"] | undefined, purpose: string, advice: string) =>
    source === undefined
      ? null
      : await readKey(source, purpose).catch((error: unknown) => {
          findings.push(mend("key", shortMessageOf(error), advice));
          return null;
        });
  const key = await open(config.key, "the node's signing key", "A node without its key signs nothing.");
  const operator = await open(
    config.operatorKey,
    operatorKeyPurpose,
    "Whose stake this is, and what it can pay, is looked at when it can be opened.",
  );
  // An operator's key that is named and cannot be opened belongs to nobody known: the signing key is not in its place.
  const unopened = config.operatorKey !== undefined && operator === null;
  const node = operator?.address ?? config.node ?? (unopened ? undefined : key?.address);
  if (node === undefined) return { stake: findings, registered: null };
  const registry = { address: config.nodeRegistry, abi: nodeRegistryAbi } as const;
  const carrier = operator?.address ?? key?.address ?? node;
  const [standing, owner, gas] = await Promise.all([
    readStanding(client, config.nodeRegistry, node),
    key === null ? null : client.readContract({ ...registry, functionName: "nodeOfKey", args: [key.address] }),
    client.getBalance({ address: carrier }),
  ]);
  const keyOwner = owner === null || /^0x0+$/.test(owner) ? null : owner;
  findings.push(...checkStake({ standing, key: key?.address ?? null, keyOwner, gas, carrier }));
  return { stake: findings, registered: standing.endpoint };
}
