import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Address, keccak256, stringToBytes } from "viem";
import type { Rules } from "#protocol/rules.ts";
import { ZERO_ADDRESS } from "#protocol/rules.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { type Clients, publicClientOf, walletOf } from "../../../scripts/chainClients.ts";
import { createContest, type Deployed, deploy, submitEntry } from "../../../scripts/deploy.ts";
import { devAccounts, localChain } from "../../../scripts/start/localChain.ts";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

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
export async function deployContest(
  rpcUrl: string,
  entries: readonly Pick<EntryFacts, "manifestHash" | "modelSha256" | "modelRoot" | "modelSize" | "manifestURI">[],
): Promise<DemoContest> {
  const chain = localChain(rpcUrl);
  const organiser: Clients = { publicClient: publicClientOf(chain), wallet: walletOf(chain, devAccounts().organiser) };
  const deployed = await deploy(organiser);
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
  const contest = await createContest(organiser, { factory: deployed.factory, rules, salt: keccak256("0x01") });
  await organiser.publicClient.request({ method: "evm_increaseTime", params: ["0x3c"] } as never);
  for (const input of entries) await submitEntry(organiser, { contest, rules, input });
  return { ...deployed, contest, organiser };
}
