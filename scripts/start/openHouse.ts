import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import type { Address } from "viem";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import type { AppConfig, DemoFile } from "#protocol/config.ts";
import { publicClientOf, walletOf } from "../chainClients.ts";
import { createAppServer } from "./appServer.ts";
import { appFolder, buildApp, isAppBuilt } from "./buildApp.ts";
import { createChainClock } from "./chainClock.ts";
import type { Context } from "./context.ts";
import { folders, logOf } from "./context.ts";
import { createCrowd } from "./crowd.ts";
import type { DemoContest } from "./demoContest.ts";
import { buildDemoContest, prepareDemoEntries } from "./demoContest.ts";
import { issueCredential } from "./demoIssuer.ts";
import { freePort } from "./freePort.ts";
import { createGifts } from "./gifts.ts";
import { keepContest } from "./keeper.ts";
import { devAccounts, LOCAL_CHAIN_ID, localChain } from "./localChain.ts";
import { seededRandom } from "./seededRandom.ts";
import type { RunningNode } from "./services.ts";
import { startChain, startIndexer, startNode, startRelay } from "./services.ts";
import type { StartOptions } from "./startOptions.ts";
import type { Steps } from "./steps.ts";
import { fastTimeline, longTimeline } from "./timeline.ts";
import { whenReady } from "./whenReady.ts";

/** Milliseconds between empty blocks, and between two actions of the crowd. */
const BLOCK_INTERVAL = 2_000;
const CROWD_PAUSE = { slow: 5_000, fast: 2_000 } as const;

export type House = { readonly demoFile: DemoFile; readonly demo: DemoContest };

/** Brings everything up. What it started is in `context.lifetime`, also when it throws. */
export async function openHouse(options: StartOptions, context: Context, steps: Steps): Promise<House> {
  const { lifetime } = context;
  await rm(folders.demo, { recursive: true, force: true });
  await rm(folders.demoFile, { force: true });
  await Promise.all([folders.logs, folders.manifests].map((folder) => mkdir(folder, { recursive: true })));

  const taken = new Set<number>();
  const appPort = await freePort(options.port, taken);
  const indexerPort = await freePort(options.port + 1, taken);
  const chainPort = await freePort(options.port + 2, taken);
  const nodePorts = [await freePort(options.port + 3, taken), await freePort(options.port + 4, taken)];
  const relayPort = await freePort(options.port + 5, taken);
  const appUrl = `http://127.0.0.1:${appPort}`;
  const indexerUrl = `http://127.0.0.1:${indexerPort}`;
  const relayUrl = `http://127.0.0.1:${relayPort}`;
  const nodeUrls = nodePorts.map((port) => `http://127.0.0.1:${port}`);

  const timeline = (options.fast ? fastTimeline : longTimeline)(Math.floor(Date.now() / 1_000));
  // The build wants both cores for a while; nobody waits for it before the page is opened.
  const built = build(context, steps);
  built.catch(() => {});
  const entriesMade = prepareDemoEntries(folders.manifests);
  entriesMade.catch(() => {});
  const rpcUrl = await steps.run(
    "chain",
    () => startChain(context, { port: chainPort, start: timeline.chainStarts }),
    String,
  );
  const clock = createChainClock(rpcUrl);
  const accounts = devAccounts();
  const publicClient = publicClientOf(localChain(rpcUrl));

  const demo = await steps.run(
    "contest",
    async () =>
      buildDemoContest({
        rpcUrl,
        clock,
        timeline,
        personhood: options.personhood,
        entries: await entriesMade,
        manifestBase: nodeUrls[0] ?? "",
      }),
    ({ entries }) => `${entries.length} entries, bonds paid, pot of 1,000 DROP`,
  );
  const hasCrowd = options.crowd || options.fast;
  const crowd = createCrowd({
    rpcUrl,
    clock,
    contest: demo.contest,
    rules: demo.rules,
    persons: demo.persons,
    entryIds: demo.entries.map(({ id }) => id),
    random: seededRandom(1),
  });
  if (hasCrowd) {
    await steps.run(
      "crowd",
      async () => {
        await crowd.gather();
        if (!options.fast) await crowd.writePast(timeline.votesOpen, Math.floor(Date.now() / 1_000));
      },
      () => `${crowd.addresses.length} simulated voters`,
    );
  }
  await clock.followWallClock(BLOCK_INTERVAL);

  const config: AppConfig = {
    chainId: LOCAL_CHAIN_ID,
    chainName: "Coindrop local",
    rpcUrl,
    indexerUrl,
    relayUrl,
    factory: lower(demo.factory),
    nodeRegistry: lower(demo.nodeRegistry),
    coin: lower(demo.coin),
    contests: [lower(demo.contest)],
    arbitratorExtraData: [],
    demo: {
      session: randomUUID(),
      fundUrl: "/demo/fund",
      credentialUrl: options.personhood === "attested" ? "/demo/credential" : null,
      memberUrl: options.personhood === "semaphore" ? "/demo/member" : null,
      crowd: hasCrowd ? crowd.addresses.map(lower) : [],
    },
  };
  const place = { rpcUrl, demo };
  const [, nodes] = await Promise.all([
    steps.run("indexer", () => startIndexer(context, { ...place, port: indexerPort, nodeUrls }), String),
    Promise.all(
      nodePorts.map((port, index) => {
        const number = index + 1;
        const [operator, key] = [accounts.operators[index], accounts.nodeKeys[index]];
        if (operator === undefined || key === undefined) throw new RangeError(`no operator for node ${number}`);
        const start = () => startNode(context, { ...place, port, number, operator, key });
        return steps.run(`node ${number}`, start, ({ url }) => `${url}, ${demo.entries.length} models`);
      }),
    ),
    steps.run("relay", () => startRelay(context, { ...place, port: relayPort, payer: accounts.relayer }), String),
    built.then(async () => {
      const { persons } = demo;
      const server = await createAppServer({
        folder: appFolder,
        port: appPort,
        config: () => config,
        fund: createGifts({ publicClient, wallet: walletOf(localChain(rpcUrl), accounts.faucet) }, demo.coin),
        vouch:
          persons === null || options.personhood !== "attested"
            ? null
            : async (wallet, contest) =>
                issueCredential({ wallet, contest, adapter: persons.adapter, now: await clock.now() }),
        admit: persons !== null && "admit" in persons ? persons.admit : null,
      });
      lifetime.adopt(() => server.close());
    }),
  ]);
  await whenReady("Attesting on chain", () => allAttested(rpcUrl, demo, nodes), lifetime.signal);

  if (hasCrowd) void crowd.goOn(options.fast ? CROWD_PAUSE.fast : CROWD_PAUSE.slow, lifetime.signal);
  if (options.fast) {
    const names = new Map(demo.entries.map(({ id, manifest }) => [id, manifest.name]));
    const keeper = { publicClient, wallet: walletOf(localChain(rpcUrl), accounts.keeper) };
    void keepContest(keeper, { contest: demo.contest, names, say: context.say, signal: lifetime.signal });
  }
  const demoFile: DemoFile = {
    appUrl,
    indexerUrl,
    relayUrl,
    rpcUrl,
    chainId: LOCAL_CHAIN_ID,
    nodes: nodes.map(({ url, address }) => ({ url, address: lower(address) })),
    factory: config.factory,
    contest: lower(demo.contest),
    coin: config.coin,
    nodeRegistry: config.nodeRegistry,
    entries: demo.entries.map(({ id, manifest, manifestHash, modelSha256, modelRoot }) => ({
      id,
      name: manifest.name,
      manifestHash,
      modelSha256,
      modelRoot,
    })),
  };
  lifetime.signal.throwIfAborted();
  lifetime.adopt(() => rm(folders.demoFile, { force: true }));
  await writeFile(folders.demoFile, `${JSON.stringify(demoFile, null, 2)}\n`);
  return { demoFile, demo };
}

async function build(context: Context, steps: Steps): Promise<void> {
  if (await isAppBuilt()) return;
  const logFile = logOf("app-build");
  const work = () => buildApp({ logFile, onSpawn: context.lifetime.adopt });
  await steps.run("app", work, () => "built");
}

/** True once every node has put an attestation of every entry on chain. */
async function allAttested(
  rpcUrl: string,
  demo: DemoContest,
  nodes: readonly RunningNode[],
): Promise<true | undefined> {
  const logs = await publicClientOf(localChain(rpcUrl)).getContractEvents({
    address: demo.nodeRegistry,
    abi: nodeRegistryAbi,
    eventName: "Attested",
    args: { contest: demo.contest },
    fromBlock: 0n,
    strict: true,
  });
  const seen = new Set(logs.map(({ args }) => `${args.node.toLowerCase()}/${args.entryId}`));
  return nodes.every(({ address }) => demo.entries.every(({ id }) => seen.has(`${address.toLowerCase()}/${id}`)))
    ? true
    : undefined;
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
