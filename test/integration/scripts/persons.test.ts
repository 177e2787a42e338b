import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodeFunctionData } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { auditContest } from "../../../scripts/audit/auditContest.ts";
import { publicClientOf, send, walletOf } from "../../../scripts/chainClients.ts";
import { createAppServer } from "../../../scripts/start/appServer.ts";
import { createChainClock } from "../../../scripts/start/chainClock.ts";
import { createCrowd } from "../../../scripts/start/crowd.ts";
import { buildDemoContest, type DemoContest, prepareDemoEntries } from "../../../scripts/start/demoContest.ts";
import { issueCredential } from "../../../scripts/start/demoIssuer.ts";
import { localChain } from "../../../scripts/start/localChain.ts";
import { seededRandom } from "../../../scripts/start/seededRandom.ts";
import { longTimeline } from "../../../scripts/start/timeline.ts";
import { startChainProcess } from "../../support/chainProcess.ts";

const now = Math.floor(Date.now() / 1_000);
const timeline = longTimeline(now);

let chain: Awaited<ReturnType<typeof startChainProcess>>;
let folder: string;
let demo: DemoContest;
let clock: ReturnType<typeof createChainClock>;

beforeAll(async () => {
  chain = await startChainProcess(timeline.chainStarts);
  folder = mkdtempSync(path.join(tmpdir(), "coindrop-persons-"));
  clock = createChainClock(chain.url);
  demo = await buildDemoContest({
    rpcUrl: chain.url,
    clock,
    timeline,
    personhood: "attested",
    entries: await prepareDemoEntries(folder),
    manifestBase: "http://127.0.0.1:1",
  });
});

afterAll(async () => {
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the crowd writes two days of history within its caps, and a recount agrees with it", async () => {
  const { contest, rules, persons, entries } = demo;
  const entryIds = entries.map(({ id }) => id);
  const crowd = createCrowd({
    rpcUrl: chain.url,
    clock,
    contest,
    rules,
    persons,
    entryIds,
    random: seededRandom(1),
  });
  await crowd.gather();
  await crowd.writePast(timeline.votesOpen, now);
  const audit = await auditContest({ rpcUrl: chain.url, contest });
  expect(audit.findings).toEqual([]);
  expect(audit.recount.persons).toBe(35);
  expect(audit.recount.voters).toBeGreaterThan(20);
  expect(audit.standings.rows.every(({ rank }) => rank !== undefined)).toBe(true);
  expect(audit.recount.pot).toBe(1_000n * 10n ** 18n);
});

test("the app's server vouches for a wallet, and the contest believes it once", async () => {
  const { contest, persons } = demo;
  if (persons === null) throw new Error("the contest has no adapter");
  writeFileSync(path.join(folder, "index.html"), "<!doctype html>");
  const server = await createAppServer({
    folder,
    port: 0,
    config: () => {
      throw new Error("nobody asks for it");
    },
    fund: async () => ({ eth: "0", coins: "0" }),
    vouch: async (wallet, at) =>
      issueCredential({ wallet, contest: at, adapter: persons.adapter, now: await clock.now() }),
    admit: null,
  });
  const newcomer = privateKeyToAccount(generatePrivateKey());
  await clock.setBalance(newcomer.address, 10n ** 18n);
  const ask = (body: unknown) =>
    fetch(`${server.listeningOrigin}/demo/credential`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  expect((await ask({ wallet: newcomer.address })).status).toBe(400);
  const answer = await ask({ wallet: newcomer.address, contest });
  const { proof } = (await answer.json()) as { proof: `0x${string}` };
  await server.close();

  const clients = {
    publicClient: publicClientOf(localChain(chain.url)),
    wallet: walletOf(localChain(chain.url), newcomer),
  };
  const bind = { to: contest, data: encodeFunctionData({ abi: contestAbi, functionName: "bind", args: [proof] }) };
  await send(clients, bind);
  const person = { address: contest, abi: contestAbi, functionName: "personOf", args: [newcomer.address] } as const;
  expect((await clients.publicClient.readContract(person))[0]).toBe(true);
  await expect(send(clients, bind)).rejects.toThrow(
    `The contract refuses this: Persons_WalletBound(${newcomer.address}).`,
  );
});
