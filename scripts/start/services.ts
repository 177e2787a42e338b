import path from "node:path";
import type { Address } from "viem";
import { z } from "zod";
import { addressSchema } from "#protocol/primitives.ts";
import { root } from "../tool/root.ts";
import type { Context } from "./context.ts";
import { folders, logOf } from "./context.ts";
import type { DemoContest } from "./demoContest.ts";
import { demoModels } from "./demoContest.ts";
import { keepRunning } from "./keepRunning.ts";
import type { DevAccount } from "./localChain.ts";
import { describeExit } from "./service.ts";
import { answers, whenReady } from "./whenReady.ts";

/** Milliseconds between two looks of a node at the chain: a second at most until a new entry is seen. */
const NODE_POLL = 500;
/** Wei: three times the least stake of an active node. */
const NODE_STAKE = "600";

/** The chain. When it dies, everything that it knew is gone. */
export async function startChain(
  context: Context,
  { port, start }: { readonly port: number; readonly start: number },
): Promise<string> {
  const chain = keepRunning(
    {
      name: "the chain",
      file: path.join(root, "scripts", "chain.ts"),
      args: ["--port", String(port), "--start", String(start), "--interval", "0"],
      logFile: logOf("chain"),
    },
    {
      say: context.say,
      onDeath: (exit) =>
        context.giveUp(
          `The chain ended unexpectedly (${describeExit(exit)}), and all that it knew is gone. Start again with npm start.`,
        ),
    },
  );
  context.lifetime.adopt(chain.stop);
  return z.object({ url: z.url() }).parse(await chain.ready).url;
}

type Place = { readonly rpcUrl: string; readonly port: number; readonly demo: DemoContest };

/** The indexer, once it has indexed the chain's head. */
export async function startIndexer(
  context: Context,
  { rpcUrl, port, demo, nodeUrls }: Place & { readonly nodeUrls: readonly string[] },
): Promise<string> {
  const indexer = keepRunning(
    {
      name: "the indexer",
      file: path.join(root, "indexer", "main.ts"),
      args: [
        "serve",
        ...["--rpc", rpcUrl, "--factory", demo.factory, "--node-registry", demo.nodeRegistry],
        ...["--db", path.join(folders.demo, "indexer.sqlite"), "--port", String(port)],
        ...["--manifest-base", nodeUrls.join(","), "--allow-private"],
      ],
      logFile: logOf("indexer"),
    },
    { say: context.say, onDeath: "restart" },
  );
  context.lifetime.adopt(indexer.stop);
  await indexer.ready;
  const url = `http://127.0.0.1:${port}`;
  await whenReady("The indexer", () => answers(`${url}/ready`), context.lifetime.signal);
  return url;
}

/** The relay, which carries signed orders and pays for it with play money. */
export async function startRelay(
  context: Context,
  { rpcUrl, port, demo, payer }: Place & { readonly payer: DevAccount },
): Promise<string> {
  const relay = keepRunning(
    {
      name: "the relay",
      file: path.join(root, "scripts", "relay.ts"),
      args: [
        ...["serve", "--json", "--rpc", rpcUrl, "--contest", demo.contest, "--port", String(port)],
        ...["--state", path.join(folders.demo, "relay.sqlite"), "--key-env", "COINDROP_RELAY_KEY"],
        ...["--batch-ms", "1000", "--poll-ms", "200", "--drain-ms", "2000"],
      ],
      env: { COINDROP_RELAY_KEY: payer.privateKey },
      logFile: logOf("relay"),
    },
    { say: context.say, onDeath: "restart" },
  );
  context.lifetime.adopt(relay.stop);
  return z.object({ url: z.url() }).parse(await relay.ready).url;
}

export type RunningNode = { readonly url: string; readonly address: Address };

/** A node with its stake, once it serves every entry. */
export async function startNode(
  context: Context,
  {
    rpcUrl,
    port,
    demo,
    number,
    operator,
    key,
  }: Place & { readonly number: number; readonly operator: DevAccount; readonly key: DevAccount },
): Promise<RunningNode> {
  const url = `http://127.0.0.1:${port}`;
  const node = keepRunning(
    {
      name: `node ${number}`,
      file: path.join(root, "inference-node", "main.ts"),
      args: [
        "serve",
        ...[
          "--rpc",
          rpcUrl,
          "--factory",
          demo.factory,
          "--node-registry",
          demo.nodeRegistry,
          "--contest",
          demo.contest,
        ],
        ...["--port", String(port), "--endpoint", url, "--stake", NODE_STAKE, "--poll-ms", String(NODE_POLL)],
        ...[
          "--models",
          demoModels,
          "--manifests",
          folders.manifests,
          "--store",
          path.join(folders.demo, `node-${number}`),
        ],
        ...["--key-env", "COINDROP_NODE_KEY", "--operator-key-env", "COINDROP_OPERATOR_KEY"],
        ...["--allow-private", "--serve-models"],
      ],
      env: { COINDROP_NODE_KEY: key.privateKey, COINDROP_OPERATOR_KEY: operator.privateKey },
      logFile: logOf(`node-${number}`),
    },
    { say: context.say, onDeath: "restart" },
  );
  context.lifetime.adopt(node.stop);
  const { address } = z.object({ address: addressSchema }).parse(await node.ready);
  await whenReady(`Node ${number}`, () => answers(`${url}/ready`), context.lifetime.signal);
  return { url, address };
}
