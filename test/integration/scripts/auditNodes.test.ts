import { keccak256, parseEther, toEventSelector, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditContest } from "../../../scripts/audit/auditContest.ts";
import { CannotLookError } from "../../../scripts/audit/cannotLookError.ts";
import { type ContestLab, createContestLab } from "../../support/contestLab.ts";
import { createRegistryLab, REGISTRY_LAB_TIME } from "../../support/registryLab.ts";
import { startRpcServer } from "../../support/rpcServer.ts";
import { runScript } from "../../support/runScript.ts";
import { compiled } from "../../support/simulatedChain.ts";

const SLASHED = "NodeSlashed(address,address,uint256,uint8,bytes32,address,uint256,uint256)";

let lab: ContestLab;
let house: Awaited<ReturnType<typeof createRegistryLab>>;
let rpc: Awaited<ReturnType<typeof startRpcServer>>;
let node: string;
let challenger: string;

/** A node that lied once, staked again, and is asked for two blocks, one of which it fails to bring. */
beforeAll(async () => {
  lab = await createContestLab();
  house = await createRegistryLab(lab);
  rpc = await startRpcServer(lab.chain.provider);
  node = house.node.toLowerCase();
  challenger = house.challenger.toLowerCase();
  const first = await house.submitFile(new Uint8Array(20_000));
  const second = await house.submitFile(new Uint8Array(20_001));
  const lie = await house.attest(first, { modelRoot: keccak256("0x01") });
  const args = [lie.said, lie.signature, first.hashes] as const;
  await lab.chain.write({ ...house.on(house.challenger), functionName: "slashAttestation", args });
  await lab.chain.write({ ...house.on(house.node), functionName: "addStake", args: [parseEther("500")] });
  const { challengeId } = await house.challenge(first, 0);
  await house.challenge(second, 1);
  await lab.chain.mineAt(REGISTRY_LAB_TIME + 86_400 + 600);
  await lab.chain.write({ ...house.on(house.challenger), functionName: "expireBlock", args: [challengeId] });
});

afterAll(async () => {
  await rpc?.close();
  await lab?.chain.close();
});

const audit = (registry: string | undefined = house.registry) =>
  auditContest({ rpcUrl: rpc.url, contest: house.contest, registry });
const flags = () => ["--rpc", rpc.url, "--contest", house.contest];

/** What differs when the endpoint answers as `change` wants. */
async function lying(method: string, change: (answer: unknown) => unknown): Promise<string[]> {
  rpc.intercept(async (call, proceed) => {
    const answer = await proceed();
    return call.method === method ? change(answer) : answer;
  });
  try {
    return (await audit()).findings.map(({ where, what }) => `${where}: ${what}`);
  } finally {
    rpc.intercept((_, proceed) => proceed());
  }
}

const hiding = (event: string) =>
  lying("eth_getLogs", (logs) =>
    (logs as { topics: string[] }[]).filter(({ topics }) => topics[0] !== toEventSelector(event)),
  );

describe("an honest registry", () => {
  test("its events, its views and both coins that it holds agree", async () => {
    const { findings, nodes } = await audit();
    expect(findings).toEqual([]);
    expect(nodes?.recount.nodes.get(node)).toMatchObject({
      // A fifth of 500 coins went for the missing block, 200 for the lie.
      ...{ stake: parseEther("400"), slashed: parseEther("300"), openChallenges: 1, expired: 1, leavesAt: 0n },
    });
    expect(nodes?.held.coin).toEqual({
      stakes: parseEther("400"),
      credits: parseEther("30"),
      unburned: 0n,
      total: parseEther("430"),
      held: parseEther("430"),
    });
    // One bond is held and one came back; the rest of the two coins sent along is credited.
    expect(nodes?.held.native).toMatchObject({ total: parseEther("2"), held: parseEther("2") });
    expect(nodes?.recount.burned).toBe(parseEther("270"));
  });

  test("the command shows its books and ends with 0", async () => {
    const { code, output } = await runScript("scripts/audit.ts", [...flags(), "--registry", house.registry]);
    expect(output).toContain("430 DROP: 400 staked, 30 credited, 0 to be burned; 270 burned");
    expect(output).toMatch(new RegExp(`${node} +active +400 +300`));
    expect(output).toContain("All agree: recount, contract and node registry.");
    expect(output).toContain("2 slashes");
    expect(code).toBe(0);
  });

  test("where none is named the command says so, and ends with 0", async () => {
    const { code, output } = await runScript("scripts/audit.ts", flags());
    expect(output).toContain("not recounted: none was named");
    expect(output).toContain("node registry not checked: none was named");
    expect(output).toContain("All agree: recount and contract.");
    expect(code).toBe(0);
  });
});

describe("somebody who lies", () => {
  test("a hidden slash is found in the events themselves", async () => {
    const found = await hiding(SLASHED);
    expect(found).toContainEqual(expect.stringMatching(`registry events: node ${node}: why its stake fell`));
  });

  test("a hidden fall of the stake is found in the node's stake and in the coins held", async () => {
    expect(await hiding("StakeSet(address,uint256)")).toContain(`registry: node ${node}: stake`);
  });

  test("hidden credits are found with whoever they belong to", async () => {
    const found = await hiding("Credited(address,address,uint256)");
    expect(found).toContain(`registry: credit of ${challenger}`);
    expect(found).toContain(`registry: credit of ${challenger}, chain's own coin`);
  });

  test("hidden challenges, answers and burnings are found", async () => {
    const asked = "BlockChallenged(uint256,address,address,uint256,uint256,address,uint256,uint256)";
    expect(await hiding(asked)).toContain("registry: number of challenges");
    expect(await hiding("BlockExpired(uint256,address)")).toContain("registry: challenge 1: open");
    expect(await hiding("Burned(uint256)")).toContain("registry: coins still to be burned");
  });

  test("a wei that is missing from what it holds of the chain's own coin is found", async () => {
    expect(await lying("eth_getBalance", (wei) => toHex(BigInt(wei as string) - 1n))).toEqual([
      "registry: the chain's own coin held covers all that is owed",
    ]);
  });

  test("the command lists it and ends with 1", async () => {
    rpc.intercept(async (call, proceed) => {
      const answer = await proceed();
      return call.method === "eth_getBalance" ? "0x1" : answer;
    });
    const run = await runScript("scripts/audit.ts", [...flags(), "--registry", house.registry]);
    rpc.intercept((_, proceed) => proceed());
    expect(run.output).toContain("1 figure differs");
    expect(run.output).toMatch(/the chain's own coin held covers all that is owed +at least 2000000000000000000 +1/);
    expect(run.code).toBe(1);
  });
});

describe("somebody who cannot look", () => {
  test("an address that is no registry is no difference", async () => {
    await expect(audit(lab.coin)).rejects.toThrow("is no node registry of ours");
    await expect(audit("0x00000000000000000000000000000000000000aa")).rejects.toThrow(CannotLookError);
    const run = await runScript("scripts/audit.ts", [...flags(), "--registry", "0x12"]);
    expect(run.output).toContain('Could not look: "0x12" is no address.');
    expect(run.code).toBe(2);
  });
});

test("a registry of another factory's contests is named", async () => {
  const factory = await lab.chain.deploy(compiled("contracts/ContestFactory.sol/ContestFactory"), [], lab.organiser);
  const code = compiled("contracts/nodes/NodeRegistry.sol/NodeRegistry");
  const other = await lab.chain.deploy(code, [lab.coin, factory, 1n, 1n], lab.organiser);
  const { findings } = await audit(other);
  expect(findings.map(({ what }) => what)).toEqual(["its nodes can serve this contest"]);
});
