import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Address, encodeFunctionData, erc20Abi, keccak256, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { type Clients, publicClientOf, send, walletOf } from "../../../scripts/chainClients.ts";
import { approve, createContest, deploy, deployPanel, submitEntry } from "../../../scripts/deploy.ts";
import { devAccounts, localChain } from "../../../scripts/start/localChain.ts";
import { startChainProcess } from "../../support/chainProcess.ts";
import { runScript } from "../../support/runScript.ts";

const DAY = 86_400;
const FEE = parseEther("0.01");
const { organiser, authors, panel: members } = devAccounts();
const [challenger = organiser] = authors;
const [ann = organiser, ben = organiser, clo = organiser] = members;

let chain: Awaited<ReturnType<typeof startChainProcess>>;
let folder: string;
let clients: Clients;
let panel: Address;
let contest: Address;

beforeAll(async () => {
  chain = await startChainProcess();
  folder = mkdtempSync(path.join(tmpdir(), "coindrop-panel-"));
  const publicClient = publicClientOf(localChain(chain.url));
  const as = (account: typeof organiser): Clients => ({
    publicClient,
    wallet: walletOf(localChain(chain.url), account),
  });
  clients = as(organiser);
  const { coin, factory } = await deploy(clients);
  panel = await deployPanel(clients, { members: members.map(({ address }) => address), threshold: 2, fee: FEE });
  const now = Number((await publicClient.getBlock()).timestamp);
  const rules = {
    coin,
    prizeToken: coin,
    personhood: "0x0000000000000000000000000000000000000000",
    arbitrator: panel,
    arbitratorExtraDataHash: keccak256("0x"),
    declarationHash: keccak256("0x01"),
    entriesOpen: now - 10,
    votesOpen: now + DAY,
    countFrom: now + 2 * DAY,
    votesClose: now + 5 * DAY,
    rulingTimeout: 7 * DAY,
    maxEntries: 10,
    maxModelBytes: 1_000_000,
    personCap: 0n,
    entryCap: 0n,
    entryBond: parseEther("50"),
    challengeBond: parseEther("100"),
    minTally: 0n,
    split: [10_000, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  } as const;
  contest = await createContest(clients, { factory, rules, salt: `0x${"00".repeat(32)}` });
  const hash = keccak256("0x02");
  const input = {
    manifestHash: hash,
    modelSha256: hash,
    modelRoot: hash,
    modelSize: 1,
    manifestURI: "https://e.org/1",
  };
  await submitEntry(clients, { contest, rules, input });
  await submitEntry(clients, { contest, rules, input });
  const args = [challenger.address, parseEther("200")] as const;
  await send(clients, { to: coin, data: encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args }) });
  await approve(as(challenger), { coin, spender: contest, amount: parseEther("200") });
  for (const [entryId, evidence] of [
    [2n, "https://example.org/owned-by-a-giant"],
    // A terminal would clear itself if it were shown this as it is.
    [1n, "\u001b[2Jnothing to see"],
  ] as const)
    await send(as(challenger), {
      to: contest,
      value: FEE,
      data: encodeFunctionData({ abi: contestAbi, functionName: "challenge", args: [entryId, evidence, "0x"] }),
    });
});

afterAll(async () => {
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command as somebody whose folder has no demo. */
function run(args: readonly string[], key: string = ann.privateKey) {
  const env = { ...process.env, COINDROP_STATE: path.join(folder, "state"), TEST_KEY: key };
  return runScript("scripts/panel.ts", args, env);
}

const place = () => ["--rpc", chain.url, "--panel", panel];
const asMember = () => [...place(), "--key-env", "TEST_KEY"];
const statusOf = async (entryId: bigint) =>
  (
    await clients.publicClient.readContract({
      address: contest,
      abi: contestAbi,
      functionName: "entry",
      args: [entryId],
    })
  ).status;
const [LIVE, CHALLENGED, REMOVED] = [1, 2, 4];

describe("npm run panel", () => {
  test("list shows panel, dispute, entry and evidence, and nothing that steers a terminal", async () => {
    const { code, output } = await run(["list", ...place()]);
    expect(output).toContain(`${panel}, 2 of 3 decide`);
    expect(output).toContain(`member 3  ${clo.address}`);
    expect(output).toContain("0.01 ETH for a dispute");
    expect(output).toContain("open: 0 of 3 have voted, 2 alike decide");
    expect(output).toMatch(new RegExp(`about +entry 2 of ${contest}`));
    expect(output).toContain(`https://example.org/owned-by-a-giant, by ${challenger.address}`);
    expect(output).toContain("·[2Jnothing to see");
    expect(output).not.toContain("\u001b[2J");
    expect(code).toBe(0);
  });

  test("vote shows what is sent, and sends nothing when nobody says yes", async () => {
    const { code, output } = await run(["vote", "0", "2", "--reason", "it is", ...asMember()]);
    expect(output).toContain("2, ineligible");
    expect(output).toMatch(/about [\d,]+ gas/);
    expect(output).toContain("Nothing was sent");
    expect(code).toBe(3);
  });

  test("the deciding vote removes the entry, and the reasons are there for everybody", async () => {
    const first = await run(["vote", "0", "2", "--reason", "see the register", "--yes", "--json", ...asMember()]);
    expect(JSON.parse(first.output.slice(first.output.lastIndexOf('{"dispute"')))).toEqual({
      dispute: "0",
      member: ann.address,
      vote: "2",
      outcome: null,
      delivered: false,
    });
    expect(await statusOf(2n)).toBe(CHALLENGED);
    const second = await run(["vote", "0", "2", "--reason", "as Ann says", "--yes", ...asMember()], ben.privateKey);
    expect(second.output).toContain("It decided the dispute: 2, ineligible.");
    expect(second.code).toBe(0);
    expect(await statusOf(2n)).toBe(REMOVED);
    expect(await statusOf(1n)).toBe(CHALLENGED);

    const { output } = await run(["list", "--json", ...place()]);
    const { disputes, ...rest } = JSON.parse(output);
    expect(rest).toMatchObject({ chainId: 31337, address: panel, threshold: 2, fee: "10000000000000000" });
    expect(disputes[0]).toEqual({
      id: "0",
      arbitrable: contest,
      choices: 2,
      ruled: true,
      ruling: 2,
      delivered: true,
      votes: [
        { member: ann.address, ruling: 2, reason: "see the register" },
        { member: ben.address, ruling: 2, reason: "as Ann says" },
      ],
      entryId: 2,
      evidence: [{ party: challenger.address, uri: "https://example.org/owned-by-a-giant" }],
    });
    expect(disputes[1]).toMatchObject({ id: "1", entryId: 1, ruled: false, votes: [] });
  });

  test("what the panel would refuse is said before anything is sent", async () => {
    const vote = (id: string, ruling: string, key?: string) =>
      run(["vote", id, ruling, "--reason", "so", "--yes", ...asMember()], key);
    expect((await vote("0", "1", clo.privateKey)).output).toContain("Dispute 0 has its ruling: 2, ineligible.");
    expect((await vote("7", "1")).output).toContain("There is no dispute 7");
    expect((await vote("1", "3")).output).toContain("The ruling must be 0 to 2; this is 3.");
    expect((await vote("1", "1", organiser.privateKey)).output).toContain("is no member of this panel");
    expect((await vote("1", "1")).code).toBe(0);
    const again = await vote("1", "2");
    expect(again.output).toContain("a vote stands for good");
    expect(again.code).toBe(1);
    const long = await run(["vote", "1", "2", "--reason", "x".repeat(2_049), ...asMember()], ben.privateKey);
    expect(long.output).toContain("--reason: 1 to 2048 bytes, this has 2049");
    const elsewhere = await run(["list", "--rpc", chain.url, "--panel", contest]);
    expect(elsewhere.output).toContain(`There is no panel at ${contest}.`);
    expect((await run(["list", "--rpc", chain.url])).output).toContain("Which panel? Name it with --panel.");
    expect((await run(["vote", "one", "2", "--reason", "so", ...asMember()])).code).toBe(2);
    expect((await run(["vote", "1", "2", ...asMember()])).output).toContain("--reason");
  });

  test("members who cannot agree leave the entry in, and all are paid", async () => {
    for (const [key, ruling] of [
      [ben.privateKey, "2"],
      [clo.privateKey, "0"],
    ] as const)
      expect((await run(["vote", "1", ruling, "--reason", "so", "--yes", ...asMember()], key)).code).toBe(0);
    expect(await statusOf(1n)).toBe(LIVE);
    const relay = await run(["relay", "1", "--yes", ...asMember()]);
    expect(relay.output).toContain("the ruling on dispute 1 was given already");
    // Half of the first fee and a third of the second, of which the last voter has what does not divide.
    const paid = await run(["collect", "--yes", "--json", ...asMember()]);
    expect(JSON.parse(paid.output)).toEqual({ member: ann.address, amount: "8333333333333333" });
    const last = await run(["collect", "--yes", ...asMember()], clo.privateKey);
    expect(last.output).toContain("0.003333333333333334 ETH were paid");
    const none = await run(["collect", "--yes", ...asMember()]);
    expect(none.output).toContain(`nothing is owed to ${ann.address}`);
    expect([relay.code, paid.code, none.code]).toEqual([1, 0, 1]);
  });
});
