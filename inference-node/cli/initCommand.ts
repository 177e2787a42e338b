import { access, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type { Address } from "viem";
import { contestAbi, contestFactoryAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import { deployments } from "#protocol/addresses.ts";
import { InvalidInputError } from "#protocol/errors.ts";
import { createKeystore } from "./createKeystore.ts";
import type { InitAnswers } from "./initQuestions.ts";
import type { OpenedChain } from "./openOperator.ts";
import { openChain } from "./openOperator.ts";
import { say } from "./say.ts";

export type InitOptions = {
  /** Where the configuration is written. */
  readonly out: string;
  readonly force: boolean;
  readonly json?: boolean;
};

/**
 * Writes a configuration that the other commands read, and a keystore where one is wanted.
 *
 * What the chain can tell (factory, whether the contest is its own) is asked of it, so that a slip is found here and not
 * by the first visitor. Throws `InvalidInputError` when a file is in the way.
 */
export async function initCommand(answers: InitAnswers, { out, force, json }: InitOptions): Promise<void> {
  const file = resolve(out);
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (there && !force)
    throw new InvalidInputError(`${out} is there already.`, {
      metaMessages: ["Name another with --out, or replace it with --force."],
    });
  const chain = await openChain(answers.rpcUrl);
  const nodeRegistry = answers.nodeRegistry ?? deployments[chain.chainId]?.nodeRegistry;
  if (nodeRegistry === undefined)
    throw new InvalidInputError(`No node registry is known on chain ${chain.chainId}.`, {
      metaMessages: ["--node-registry 0x…"],
    });
  const factory = await factoryOf(chain, nodeRegistry);
  await checkContest(chain, factory, answers.contest, answers.entries);

  const here = (path: string): string => relative(dirname(file), resolve(path)) || ".";
  let key: Record<string, string> = { env: answers.keyEnv ?? "COINDROP_NODE_KEY" };
  let address: Address | null = null;
  if (answers.newKeystore !== undefined) {
    address = await createKeystore(answers.newKeystore.file, answers.newKeystore.password);
    key = { keystore: here(answers.newKeystore.file), passwordEnv: answers.newKeystore.passwordEnv };
  } else if (answers.keystore !== undefined) {
    key = { keystore: here(answers.keystore.file), passwordEnv: answers.keystore.passwordEnv };
  }
  const config = {
    rpcUrl: answers.rpcUrl,
    factory,
    nodeRegistry,
    contest: answers.contest,
    entries: answers.entries,
    key,
    ...(answers.node !== undefined && { node: answers.node }),
    ...(answers.operatorKeyEnv !== undefined && { operatorKey: { env: answers.operatorKeyEnv } }),
    ...(answers.endpoint !== undefined && { endpoint: answers.endpoint }),
    store: here(answers.store),
    ...(answers.models.length > 0 && { models: answers.models.map(here) }),
    ...(answers.manifests.length > 0 && { manifests: answers.manifests.map(here) }),
    host: answers.host,
    port: answers.port,
    ...(answers.tls !== undefined && { tls: { cert: here(answers.tls.cert), key: here(answers.tls.key) } }),
    ...(answers.costs !== undefined && { costs: answers.costs }),
    ...(answers.allowPrivate && { allowPrivate: true }),
  };
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`, { flag: force ? "w" : "wx" });
  const named = out === "node.json" ? "" : ` --config ${out}`;
  say(json, { file, key: address, config }, [
    `wrote ${out}`,
    ...(address === null
      ? []
      : [`wrote a new signing key, ${address}, to ${answers.newKeystore?.file}; its password is yours to keep`]),
    "next:",
    `  npm run node -- doctor${named}`,
    `  npm run node -- serve${named}`,
  ]);
}

async function factoryOf({ client, chainId }: OpenedChain, nodeRegistry: Address): Promise<Address> {
  const factory = await client
    .readContract({ address: nodeRegistry, abi: nodeRegistryAbi, functionName: "factory" })
    .catch((cause: unknown) => {
      throw new InvalidInputError(`There is no node registry at ${nodeRegistry} on chain ${chainId}.`, { cause });
    });
  return factory.toLowerCase() as Address;
}

async function checkContest(
  { client }: OpenedChain,
  factory: Address,
  contest: Address,
  entries: "all" | readonly number[],
): Promise<void> {
  const known = await client.readContract({
    address: factory,
    abi: contestFactoryAbi,
    functionName: "isContest",
    args: [contest],
  });
  if (!known)
    throw new InvalidInputError(`${contest} is no contest of the registry's factory.`, {
      metaMessages: [`factory: ${factory}`],
    });
  const count = Number(await client.readContract({ address: contest, abi: contestAbi, functionName: "entryCount" }));
  const unknown = entries === "all" ? [] : entries.filter((id) => id > count);
  if (unknown.length > 0)
    throw new InvalidInputError(`The contest has ${count} entries, and so none with the id ${unknown.join(" or ")}.`);
}
