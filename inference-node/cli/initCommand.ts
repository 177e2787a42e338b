import { access, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type { Address } from "viem";
import { deployments } from "#protocol/addresses.ts";
import { InvalidInputError } from "#protocol/errors.ts";
import { findDeployment } from "../chain/findDeployment.ts";
import { withoutSecrets } from "../withoutSecrets.ts";
import { checkContest, factoryOf } from "./checkContest.ts";
import { createKeystore } from "./createKeystore.ts";
import type { InitAnswers } from "./initAnswers.ts";
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
  await refuseExisting(out, force);
  const chain = await openChain(answers.rpcUrl);
  const nodeRegistry = answers.nodeRegistry ?? deployments[chain.chainId]?.nodeRegistry;
  if (nodeRegistry === undefined)
    throw new InvalidInputError(`No node registry is known on chain ${chain.chainId}.`, {
      metaMessages: ["--node-registry 0x…"],
    });
  const factory = await factoryOf(chain, nodeRegistry);
  await checkContest(chain, factory, answers.contest, answers.entries);
  const fromBlock = answers.fromBlock ?? (await firstBlockOf(chain, factory));

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
    ...(fromBlock !== null && { fromBlock }),
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
  // The file has the whole address; what is printed ends up in logs.
  const printed = { ...config, rpcUrl: withoutSecrets(config.rpcUrl) };
  say(json, { file, key: address, config: printed }, [
    `wrote ${out}`,
    fromBlock === null
      ? "this endpoint does not tell when the factory came to be, so the chain is read from block 0; --from-block N, with --force, spares that"
      : `the chain is read from block ${fromBlock}${answers.fromBlock === undefined ? ", in which the factory came to be" : ""}`,
    ...(address === null
      ? []
      : [
          `wrote a new signing key, ${address}, to ${answers.newKeystore?.file}; its password is yours to keep`,
          `  commands take the password from ${answers.newKeystore?.passwordEnv}, or ask at a terminal`,
        ]),
    "next:",
    `  npm run node -- doctor${named}      what has to be mended first`,
    `  npm run node -- register${named}    puts the stake down; ${answers.operatorKeyEnv ?? "--operator-key-env NAME"} says whose`,
    `  npm run node -- serve${named}`,
  ]);
}

/** Not the contest's own block: a node may host entries of the factory's other contests, older ones too. */
async function firstBlockOf({ client }: OpenedChain, factory: Address): Promise<number | null> {
  const hasCode = async (blockNumber: bigint) =>
    (await client.getCode({ address: factory, blockNumber })) !== undefined;
  const found = await findDeployment(hasCode, await client.getBlockNumber());
  return found === null ? null : Number(found);
}

/** Throws `InvalidInputError` where a configuration would be written over that nobody said to replace. */
export async function refuseExisting(out: string, force: boolean): Promise<void> {
  const there = await access(out).then(
    () => true,
    () => false,
  );
  if (!there || force) return;
  throw new InvalidInputError(`${out} is there already.`, {
    metaMessages: ["Name another with --out, or replace it with --force."],
  });
}
