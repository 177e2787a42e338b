import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Address, encodeFunctionData, type Hex, keccak256, stringToBytes } from "viem";
import { demoCoinAbi } from "#protocol/abi.ts";
import type { Rules } from "#protocol/rules.ts";
import { ZERO_ADDRESS } from "#protocol/rules.ts";
import type { EntryFacts } from "../../inference-node/models/entryFacts.ts";
import { type Clients, publicClientOf, send, walletOf } from "../../scripts/chainClients.ts";
import { createContest, type Deployed, deploy, submitEntry } from "../../scripts/deploy.ts";
import { devAccounts, localChain } from "../../scripts/start/localChain.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A process of the house, with the first line of JSON that it prints. */
export type HouseProcess = {
  readonly child: ChildProcess;
  readonly first: Promise<Record<string, unknown>>;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
};

export function run(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): HouseProcess {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const first = new Promise<Record<string, unknown>>((resolve, reject) => {
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line)));
    }
    exited.then((code) => reject(new Error(`${script} ended with code ${code}: ${text}`)), reject);
  });
  first.catch(() => undefined);
  return { child, first, stderr: () => text, exited };
}

/** A local chain in a process of its own, on a free port. */
export async function startChain(): Promise<HouseProcess & { readonly url: string }> {
  const started = run("scripts/chain.ts", ["--interval", "200"]);
  const { url } = await started.first;
  return { ...started, url: String(url) };
}

export type DemoContest = Deployed & { readonly contest: Address; readonly organiser: Clients };

/** Deploys the contracts and a contest whose entry phase is open, and submits the entries. */
export async function deployContest(rpcUrl: string, entries: readonly Submission[]): Promise<DemoContest> {
  const chain = localChain(rpcUrl);
  const organiser: Clients = { publicClient: publicClientOf(chain), wallet: walletOf(chain, devAccounts().organiser) };
  const deployed = await deploy(organiser);
  const contest = await addContest({ ...deployed, organiser }, entries, keccak256("0x01"));
  return { ...deployed, contest, organiser };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

/** A folder, a chain with a contest, and an operator with coins: what a node is tried on. */
export async function openHouse(
  operator: Address,
  write: (folder: string) => Promise<readonly { readonly facts: EntryFacts }[]>,
) {
  const folder = await mkdtemp(join(tmpdir(), "coindrop-house-"));
  const facts = (await write(folder)).map((entry) => entry.facts);
  const chain = await startChain();
  const demo = await deployContest(chain.url, facts);
  await send(demo.organiser, {
    to: demo.coin,
    data: encodeFunctionData({ abi: demoCoinAbi, functionName: "transfer", args: [operator, 10n ** 21n] }),
  });
  return {
    folder,
    chain,
    demo,
    facts,
    /** Ends the chain and these processes. */
    async close(...others: readonly (HouseProcess | undefined)[]): Promise<void> {
      const all = [chain, ...others];
      for (const one of all) one?.child.kill("SIGKILL");
      await Promise.all(all.map((one) => one?.exited));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Submission = Pick<EntryFacts, "manifestHash" | "modelSha256" | "modelRoot" | "modelSize" | "manifestURI">;

/** One more contest of the same factory. `salt`: tells it from the others. */
export async function addContest(
  { organiser, ...deployed }: Deployed & { readonly organiser: Clients },
  entries: readonly Submission[],
  salt: Hex,
): Promise<Address> {
  const now = Number((await organiser.publicClient.getBlock()).timestamp);
  const rules: Rules = {
    coin: deployed.coin,
    prizeToken: deployed.coin,
    personhood: ZERO_ADDRESS,
    arbitrator: deployed.factory,
    arbitratorExtraDataHash: keccak256("0x"),
    declarationHash: keccak256(stringToBytes("we are nobody's")),
    entriesOpen: now + 10,
    votesOpen: now + 10_000,
    countFrom: now + 20_000,
    votesClose: now + 200_000,
    personCap: 0n,
    entryCap: 0n,
    entryBond: 10n ** 18n,
    challengeBond: 10n ** 18n,
    rulingTimeout: 86_400,
    maxEntries: 100,
    maxModelBytes: 6 * 2 ** 30,
    minTally: 0n,
    split: [10_000, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  };
  const contest = await createContest(organiser, { factory: deployed.factory, rules, salt });
  await organiser.publicClient.request({ method: "evm_increaseTime", params: ["0x3c"] } as never);
  for (const input of entries) await submitEntry(organiser, { contest, rules, input });
  return contest;
}
