import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Address } from "viem";
import { encodeFunctionData, erc20Abi, keccak256, parseEther } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { InvalidInputError } from "#protocol/errors.ts";
import { bareHex } from "#protocol/hashing.ts";
import { describeIssues, entryDraftSchema } from "#protocol/manifest.ts";
import type { Rules } from "#protocol/rules.ts";
import { ZERO_ADDRESS } from "#protocol/rules.ts";
import type { Clients } from "../chainClients.ts";
import { publicClientOf, send, walletOf } from "../chainClients.ts";
import type { Deployed } from "../deploy.ts";
import { approve, createContest, deploy, deployPanel, submitEntry } from "../deploy.ts";
import type { Prepared } from "../entry/makeEntry.ts";
import { makeEntry } from "../entry/makeEntry.ts";
import { root } from "../tool/root.ts";
import type { ChainClock } from "./chainClock.ts";
import { attestedPersons, type DemoPersons } from "./demoPersons.ts";
import { devAccounts, localChain } from "./localChain.ts";
import type { SemaphorePersons } from "./semaphorePersons.ts";
import type { StartOptions } from "./startOptions.ts";
import type { Timeline } from "./timeline.ts";

const DEMO = path.join(root, "scripts", "demo");

const COINS = {
  pot: parseEther("1000"),
  entryBond: parseEther("50"),
  challengeBond: parseEther("100"),
  personCap: parseEther("25"),
  entryCap: parseEther("6.25"),
  author: parseEther("500"),
  operator: parseEther("1000"),
  faucet: parseEther("1000000"),
};
/** Wei of the chain's own coin. */
const ARBITRATION_FEE = parseEther("0.01");
const SPLIT = [4_000, 2_000, 1_200, 800, 500, 500, 400, 300, 200, 100];
const NO_BYTES = "0x0000000000000000000000000000000000000000000000000000000000000000";

export type DemoEntry = Prepared & { readonly id: number };

export type DemoContest = Omit<Deployed, "personhood"> & {
  readonly contest: Address;
  /** Null in an open contest. */
  readonly persons: DemoPersons | SemaphorePersons | null;
  readonly rules: Rules;
  readonly entries: readonly DemoEntry[];
};

/** Makes the manifests of the five demo entries and keeps them in `folder` under their SHA-256, for the nodes. */
export async function prepareDemoEntries(folder: string): Promise<Prepared[]> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(path.join(DEMO, "entries"))).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(
    names.map(async (name) => {
      const draft = entryDraftSchema.safeParse(JSON.parse(await readFile(path.join(DEMO, "entries", name), "utf8")));
      if (!draft.success)
        throw new InvalidInputError(`The demo's entry ${name} is not valid.`, {
          metaMessages: describeIssues(draft.error),
        });
      const modelPath = path.join(DEMO, "models", `${path.basename(name, ".json")}.gguf`);
      const entry = await makeEntry({ draft: draft.data, modelPath });
      await writeFile(path.join(folder, `${bareHex(entry.manifestHash)}.json`), entry.manifestBytes);
      return entry;
    }),
  );
}

/** Folder of the demo's model files. */
export const demoModels = path.join(DEMO, "models");

/**
 * Writes the demo's past: contracts, coins for everybody, a contest, its five entries with bonds, a funded pot. The
 * chain's clock stands at the timeline's start before it and in the entry phase after it.
 */
export async function buildDemoContest(options: {
  readonly rpcUrl: string;
  readonly clock: ChainClock;
  readonly timeline: Timeline;
  readonly personhood: StartOptions["personhood"];
  readonly entries: readonly Prepared[];
  /** Base URL of the node that serves the manifests. */
  readonly manifestBase: string;
}): Promise<DemoContest> {
  const { rpcUrl, clock, timeline, personhood, manifestBase } = options;
  const chain = localChain(rpcUrl);
  const publicClient = publicClientOf(chain);
  const accounts = devAccounts();
  const as = (account: (typeof accounts)["organiser"]): Clients => ({ publicClient, wallet: walletOf(chain, account) });
  const organiser = as(accounts.organiser);

  const { personhood: attested, ...deployed } = await deploy(
    organiser,
    personhood === "attested" ? { issuers: [accounts.issuer.address] } : {},
  );
  const { coin } = deployed;
  const persons =
    personhood === "semaphore"
      ? await (await import("./semaphorePersons.ts")).createSemaphorePersons(as(accounts.issuer))
      : attested === null
        ? null
        : attestedPersons(attested);
  const give = (to: Address, amount: bigint) =>
    send(organiser, {
      to: coin,
      data: encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [to, amount] }),
    });
  for (const { address } of accounts.authors) await give(address, COINS.author);
  for (const { address } of accounts.operators) await give(address, COINS.operator);
  await give(accounts.faucet.address, COINS.faucet);

  const rules: Rules = {
    coin,
    prizeToken: coin,
    personhood: persons?.adapter ?? ZERO_ADDRESS,
    arbitrator: await deployPanel(organiser, {
      members: accounts.panel.map(({ address }) => address),
      threshold: 2,
      fee: ARBITRATION_FEE,
    }),
    arbitratorExtraDataHash: keccak256("0x"),
    declarationHash: keccak256(await readFile(path.join(DEMO, "declaration.md"))),
    entriesOpen: timeline.entriesOpen,
    votesOpen: timeline.votesOpen,
    countFrom: timeline.countFrom,
    votesClose: timeline.votesClose,
    rulingTimeout: 14 * 86_400,
    maxEntries: 1_000,
    maxModelBytes: 6 * 1_024 ** 3,
    personCap: persons !== null ? COINS.personCap : 0n,
    entryCap: persons !== null ? COINS.entryCap : 0n,
    entryBond: COINS.entryBond,
    challengeBond: COINS.challengeBond,
    minTally: 0n,
    split: SPLIT,
  };
  const contest = await createContest(organiser, { factory: deployed.factory, rules, salt: NO_BYTES });
  await clock.advanceTo(timeline.entriesOpen);
  await approve(organiser, { coin, spender: contest, amount: COINS.pot });
  await send(organiser, {
    to: contest,
    data: encodeFunctionData({ abi: contestAbi, functionName: "fund", args: [COINS.pot] }),
  });

  const proofs = await persons?.prove(
    contest,
    accounts.authors.map(({ address }) => address),
    timeline.votesClose,
  );
  const entries: DemoEntry[] = [];
  for (const [index, entry] of options.entries.entries()) {
    const author = accounts.authors[index % accounts.authors.length];
    if (author === undefined) throw new InvalidInputError("The demo has no authors.");
    const proof = proofs?.[index];
    if (proof !== undefined)
      await send(as(author), {
        to: contest,
        data: encodeFunctionData({ abi: contestAbi, functionName: "bind", args: [proof] }),
      });
    const { manifestHash, modelSha256, modelRoot, modelSize } = entry;
    const manifestURI = `${manifestBase}/manifests/${bareHex(manifestHash)}`;
    const id = await submitEntry(as(author), {
      contest,
      rules,
      input: { manifestHash, modelSha256, modelRoot, modelSize, manifestURI },
    });
    entries.push({ ...entry, id });
  }
  return { ...deployed, contest, persons, rules, entries };
}
