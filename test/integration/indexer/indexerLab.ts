import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Address, Hex } from "viem";
import { parseEther } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import type { Ready } from "#protocol/http.ts";
import type { IndexerClient } from "#protocol/indexerClient.ts";
import { createIndexerClient } from "#protocol/indexerClient.ts";
import type { ServeOptions } from "../../../indexer/serve.ts";
import { serve } from "../../../indexer/serve.ts";
import { createContestLab, LAB_TIMES } from "../../support/contestLab.ts";
import { addPanel } from "../../support/panelLab.ts";
import { startRpcServer } from "../../support/rpcServer.ts";
import { compiled } from "../../support/simulatedChain.ts";
import { until } from "../../support/until.ts";

export type IndexerLab = Awaited<ReturnType<typeof createIndexerLab>>;

/** A real chain with the contracts, its endpoint, and a contest of three entries whose vote has opened. */
export async function createIndexerLab() {
  const lab = await createContestLab();
  const { chain, coin, factory, organiser } = lab;
  const [, author = organiser, alice = organiser, bob = organiser, carol = organiser] = chain.accounts;
  const registryCode = compiled("contracts/nodes/NodeRegistry.sol/NodeRegistry");
  const nodeRegistry = await chain.deploy(
    registryCode,
    [coin, factory, parseEther("200"), parseEther("0.005")],
    organiser,
  );
  const rpc = await startRpcServer(chain.provider);
  const folder = mkdtempSync(join(tmpdir(), "coindrop-indexer-"));
  const panel = await addPanel(lab);
  const { contest: created } = await lab.create({ ...lab.openRules, ...panel.ruled });
  const contest = created.toLowerCase() as Hex;

  for (const account of [author, alice, bob, carol]) await lab.equip(account, contest);
  await lab.at(LAB_TIMES.entriesOpen);
  for (let entry = 0; entry < 3; entry++) await lab.submit(contest, author);
  await lab.at(LAB_TIMES.votesOpen);
  await chain.provider.request({ method: "evm_mine" });

  const options: ServeOptions = {
    rpcUrls: [rpc.url],
    factory: factory.toLowerCase() as Hex,
    nodeRegistry: nodeRegistry.toLowerCase() as Hex,
    file: join(folder, "indexer.sqlite"),
    host: "127.0.0.1",
    port: 0,
    fromBlock: 0,
    finalityDepth: 64,
    pollMs: 20,
    manifestBases: [],
    allowPrivate: false,
    log: pino({ level: process.env["INDEXER_LOG"] ?? "silent" }, pino.destination(2)),
  };
  const write = (from: Address, functionName: "drop" | "withdraw", entryId: number, amount: bigint) =>
    chain.write({ from, to: contest, abi: contestAbi, functionName, args: [BigInt(entryId), amount] });

  return {
    ...lab,
    ...panel,
    rpc,
    folder,
    contest,
    nodeRegistry,
    author,
    alice,
    bob,
    carol,
    options,
    drop: (from: Address, entryId: number, amount: bigint) => write(from, "drop", entryId, amount),
    withdraw: (from: Address, entryId: number, amount: bigint) => write(from, "withdraw", entryId, amount),
    serve: (more: Partial<ServeOptions> = {}) => serve({ ...options, ...more }),
    request: (method: string, params: readonly unknown[] = []) => chain.provider.request({ method, params }),
    async headNumber(): Promise<number> {
      return Number(await chain.provider.request({ method: "eth_blockNumber" }));
    },
    async close(): Promise<void> {
      await rpc.close();
      await chain.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asks the indexer at `url`, once: whoever waits for something asks again by himself. */
export function clientOf(url: string): IndexerClient {
  return createIndexerClient({ url, retries: 0 });
}

/** Waits until the indexer at `url` has folded in the chain's newest block. Throws with what it said last. */
export async function indexed(url: string, head: () => Promise<number>, timeoutMs?: number): Promise<Ready> {
  let last: Ready | undefined;
  const ask = async () => {
    last = await clientOf(url).ready();
    return last.ready && last.indexed === (await head()) ? last : undefined;
  };
  try {
    return await until("the head to be indexed", ask, timeoutMs);
  } catch (error) {
    throw new Error(`The indexer is not ready: ${JSON.stringify(last)}`, { cause: error });
  }
}
