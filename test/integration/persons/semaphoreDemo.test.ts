/** The demo of persons who prove in zero knowledge, without a browser: its group, its admin, what a page reads of it. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Group, generateProof, Identity } from "@semaphore-protocol/core";
import { encodeFunctionData } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import type { AppConfig } from "#protocol/config.ts";
import { encodeSemaphoreProof } from "#protocol/semaphoreProof.ts";
import { personScope } from "#protocol/typedData.ts";
import { readAdapter } from "../../../app/verify/readAdapter.ts";
import { readMembers } from "../../../app/verify/readMembers.ts";
import { auditContest } from "../../../scripts/audit/auditContest.ts";
import { publicClientOf, send, walletOf } from "../../../scripts/chainClients.ts";
import { endProving } from "../../../scripts/semaphore/endProving.ts";
import { snarkFiles } from "../../../scripts/semaphore/snarkFiles.ts";
import { createAppServer } from "../../../scripts/start/appServer.ts";
import { createChainClock } from "../../../scripts/start/chainClock.ts";
import { createCrowd } from "../../../scripts/start/crowd.ts";
import { buildDemoContest, type DemoContest, prepareDemoEntries } from "../../../scripts/start/demoContest.ts";
import { devAccounts, LOCAL_CHAIN_ID, localChain } from "../../../scripts/start/localChain.ts";
import { seededRandom } from "../../../scripts/start/seededRandom.ts";
import { longTimeline } from "../../../scripts/start/timeline.ts";
import { startChainProcess } from "../../support/chainProcess.ts";

const timeline = longTimeline(Math.floor(Date.now() / 1_000));

let chain: Awaited<ReturnType<typeof startChainProcess>>;
let folder: string;
let demo: DemoContest;
let clock: ReturnType<typeof createChainClock>;
/** The part of a page's configuration that reading the chain needs. */
let config: AppConfig;

beforeAll(async () => {
  chain = await startChainProcess(timeline.chainStarts);
  folder = mkdtempSync(path.join(tmpdir(), "coindrop-members-"));
  clock = createChainClock(chain.url);
  config = { chainId: LOCAL_CHAIN_ID, chainName: "local", rpcUrl: chain.url } as AppConfig;
  demo = await buildDemoContest({
    rpcUrl: chain.url,
    clock,
    timeline,
    personhood: "semaphore",
    entries: await prepareDemoEntries(folder),
    manifestBase: "http://127.0.0.1:1",
  });
});

afterAll(async () => {
  await endProving();
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a page finds the group, its admin and its members by asking the contest's adapter", async () => {
  const adapter = await readAdapter(config, demo.rules.personhood);
  expect(adapter).toMatchObject({ kind: "semaphore", groupId: 0n, admin: devAccounts().issuer.address });
  if (adapter.kind !== "semaphore") throw new Error("no group");
  const members = await readMembers(config, adapter);
  // Each author is one.
  expect(new Set(members).size).toBe(5);
  expect(await readAdapter(config, demo.coin)).toEqual({ kind: "typed" });
});

test("the demo's admin lets a newcomer in, who then proves it; letting in twice changes nothing", async () => {
  const { contest, persons } = demo;
  const adapter = await readAdapter(config, demo.rules.personhood);
  if (persons === null || !("admit" in persons) || adapter.kind !== "semaphore") throw new Error("no group");
  writeFileSync(path.join(folder, "index.html"), "<!doctype html>");
  const server = await createAppServer({
    folder,
    port: 0,
    config: () => config,
    fund: async () => ({ eth: "0", coins: "0" }),
    vouch: null,
    admit: persons.admit,
  });
  const identity = new Identity("newcomer");
  const ask = () =>
    fetch(`${server.listeningOrigin}/demo/member`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ commitment: identity.commitment.toString() }),
    });
  expect((await Promise.all([ask(), ask()])).map(({ status }) => status)).toEqual([200, 200]);
  await server.close();
  const members = await readMembers(config, adapter);
  expect(members.filter((leaf) => leaf === identity.commitment)).toHaveLength(1);

  const newcomer = privateKeyToAccount(generatePrivateKey());
  await clock.setBalance(newcomer.address, 10n ** 18n);
  const clients = {
    publicClient: publicClientOf(localChain(chain.url)),
    wallet: walletOf(localChain(chain.url), newcomer),
  };
  const scope = BigInt(personScope(LOCAL_CHAIN_ID, contest));
  const proof = encodeSemaphoreProof(
    await generateProof(identity, new Group(members), BigInt(newcomer.address), scope, 3, snarkFiles(3)),
  );
  await send(clients, {
    to: contest,
    data: encodeFunctionData({ abi: contestAbi, functionName: "bind", args: [proof] }),
  });
  const person = { address: contest, abi: contestAbi, functionName: "personOf", args: [newcomer.address] } as const;
  expect((await clients.publicClient.readContract(person))[0]).toBe(true);
});

test("a crowd proves, votes within its caps, and a recount agrees with it", async () => {
  const { contest, rules, persons, entries } = demo;
  const crowd = createCrowd({
    rpcUrl: chain.url,
    clock,
    contest,
    rules,
    persons,
    entryIds: entries.map(({ id }) => id),
    random: seededRandom(1),
    size: 4,
  });
  await crowd.gather();
  await crowd.writePast(timeline.votesOpen, Math.floor(Date.now() / 1_000));
  const audit = await auditContest({ rpcUrl: chain.url, contest });
  expect(audit.findings).toEqual([]);
  // Five authors, the newcomer above, four of the crowd.
  expect(audit.recount.persons).toBe(10);
});
