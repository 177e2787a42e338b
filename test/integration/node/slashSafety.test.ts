import { cp, readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeFunctionData, type Hex } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import { attestationOf, attestationsAnswer } from "#protocol/node.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { openState } from "../../../inference-node/state/openState.ts";
import { send } from "../../../scripts/chainClients.ts";
import { devAccounts } from "../../../scripts/start/localChain.ts";
import { type House, type HouseProcess, openHouse, run } from "../../support/realHouse.ts";
import { until } from "../../support/until.ts";
import { startNode, type TestNode, writeEntry } from "./startNode.ts";

/** An honest node meets what could cost it its stake, on a real chain and in a process of its own. */

const [operator] = devAccounts().operators;
if (operator === undefined) throw new Error("the local chain has no operator's account");
const stake = 200n * 10n ** 18n;
const signingKey = generatePrivateKey();
let house: House;
let { folder, chain, demo, facts } = {} as House;
let node: HouseProcess | undefined;

beforeAll(async () => {
  house = await openHouse(operator.address, async (at) => [
    await writeEntry(at, "sums", 1),
    await writeEntry(at, "haiku", 2),
  ]);
  ({ folder, chain, demo, facts } = house);
});
afterAll(() => house?.close(node));

function serve(state = "state", more: readonly string[] = []): HouseProcess {
  const flags = {
    "--rpc": chain.url,
    "--factory": demo.factory,
    "--node-registry": demo.nodeRegistry,
    "--contest": demo.contest,
    "--models": folder,
    "--manifests": folder,
    "--store": join(folder, "store"),
    "--state": join(folder, state),
    "--operator-key-env": "TEST_OPERATOR_KEY",
    "--stake": "200",
    "--poll-ms": "200",
  };
  return run("inference-node/main.ts", ["serve", "--cold-start", ...Object.entries(flags).flat(), ...more], {
    COINDROP_NODE_KEY: signingKey,
    TEST_OPERATOR_KEY: operator?.privateKey ?? "",
  });
}
async function kill(): Promise<void> {
  node?.child.kill("SIGKILL");
  await node?.exited;
}
const urlOf = async (of: HouseProcess) => String((await of.first)["url"]);
const attestedBy = async (url: string) =>
  attestationsAnswer.parse(await (await fetch(`${url}/v1/attestations`)).json()).attestations;
const registry = () => ({ address: demo.nodeRegistry, abi: nodeRegistryAbi }) as const;
const ids = (all: Awaited<ReturnType<typeof attestedBy>>) => all.map(({ attestation }) => attestation.entryId);
const eventsOf = (eventName: "Attested" | "BlockAnswered" | "NodeSlashed") =>
  demo.organiser.publicClient.getContractEvents({ ...registry(), eventName, fromBlock: 0n, strict: true });

/** Asks the node for a block of an entry's file, as anybody with its attestation may. */
async function challenge(
  statements: Awaited<ReturnType<typeof attestedBy>>,
  entryId: number,
  index: bigint,
): Promise<void> {
  const signed = statements.find(({ attestation }) => attestation.entryId === String(entryId));
  const entry = facts[entryId - 1];
  if (signed === undefined || entry === undefined) throw new Error("no attestation to challenge with");
  const { manifestHash, modelSha256, modelRoot } = entry;
  await send(demo.organiser, {
    to: demo.nodeRegistry,
    value: 10n ** 18n,
    data: encodeFunctionData({
      abi: nodeRegistryAbi,
      functionName: "challengeBlock",
      args: [attestationOf(signed.attestation), signed.signature, { manifestHash, modelSha256, modelRoot }, index],
    }),
  });
}

describe("an honest node", () => {
  test("brings a block that it is asked for, by itself, and tells its operator", async () => {
    node = serve();
    const url = await urlOf(node);
    await until("both on chain", async () => (await eventsOf("Attested")).length === 2);
    await challenge(await attestedBy(url), 1, 3n);
    await until("the answer", async () => (await eventsOf("BlockAnswered")).length === 1);
    expect(node.stderr()).toContain("somebody asks this node for block 3 of entry 1");
    await until("the word of it", () => node?.stderr().includes("brought block 3 of entry 1"));
    const ready = (await (await fetch(`${url}/ready`)).json()) as { challenges: { state: string }[] };
    expect(ready.challenges).toMatchObject([{ challengeId: "1", entryId: 1, index: 3, state: "answered" }]);
  });

  test("keeps a second process off its state folder while it runs", async () => {
    const second = serve();
    expect(await second.exited).toBe(1);
    expect(second.stderr()).toContain("Another process uses this node's state folder.");
    expect(await attestedBy(await urlOf(node as HouseProcess))).toHaveLength(2);
  });

  test("killed outright and started again brings what it was asked for meanwhile, and repeats nothing on chain", async () => {
    const statements = await attestedBy(await urlOf(node as HouseProcess));
    await kill();
    await challenge(statements, 1, 5n);
    node = serve();
    const url = await urlOf(node);
    await until("the answer", async () => (await eventsOf("BlockAnswered")).length === 2);
    await until("both attested", async () => (await attestedBy(url)).length === 2);
    expect(await eventsOf("Attested")).toHaveLength(2);
  });

  test("signs nothing about a file that was swapped while it was down, whatever size and times say", async () => {
    await kill();
    const path = join(folder, "sums.gguf");
    const whole = await readFile(path);
    const { atime, mtime } = await stat(path);
    const swapped = Buffer.from(whole);
    swapped[900_000] = (swapped[900_000] ?? 0) ^ 1;
    await writeFile(path, swapped);
    await utimes(path, atime, mtime);
    node = serve();
    const url = await urlOf(node);
    await until("the other entry", async () => ids(await attestedBy(url)).includes("2"));
    await until("the refusal", () => node?.stderr().includes("This file is not the model of the entry"));
    expect(ids(await attestedBy(url))).toEqual(["2"]);
    await writeFile(path, whole);
    await kill();
  });

  test("with an older state folder restored says nothing false and still brings its blocks", async () => {
    openState(join(folder, "restored")).close();
    node = serve("restored");
    const url = await urlOf(node);
    await until("both attested", async () => (await attestedBy(url)).length === 2);
    await challenge(await attestedBy(url), 2, 0n);
    await until("the answer", async () => (await eventsOf("BlockAnswered")).length === 3);
    await kill();
    await cp(join(folder, "state"), join(folder, "older"), { recursive: true });
    node = serve("older");
    const again = await urlOf(node);
    await until("both attested again", async () => (await attestedBy(again)).length === 2);
    for (const { attestation } of await attestedBy(again)) {
      const entry = facts[Number(attestation.entryId) - 1];
      expect(attestation).toMatchObject({ modelSha256: entry?.modelSha256, modelRoot: entry?.modelRoot });
    }
  });

  test("that forgot what it attested, and serves it no more, still brings its blocks, or says what it lacks", async () => {
    const statements = await attestedBy(await urlOf(node as HouseProcess));
    await kill();
    await challenge(statements, 1, 1n);
    node = serve("forgetful", ["--entries", "2"]);
    await until("the answer", async () => (await eventsOf("BlockAnswered")).length === 4);
    await kill();
    const [path, away] = [join(folder, "sums.gguf"), join(folder, "sums.away")];
    await rename(path, away);
    await challenge(statements, 1, 2n);
    node = serve("forgetful", ["--entries", "2"]);
    await until("the word of it", () => node?.stderr().includes("NO FILE for block 2 of entry 1"));
    expect(node.stderr()).toContain(`npm run node -- pull ${demo.contest.toLowerCase()} 1`);
    const { reasons } = (await (await fetch(`${await urlOf(node)}/health`)).json()) as { reasons: string[] };
    expect(reasons.join()).toContain("Block 2 of entry 1 of");
    await rename(away, path);
    await until("the late answer", async () => (await eventsOf("BlockAnswered")).length === 5);
  });

  test("has lost nothing after all that", async () => {
    expect(await eventsOf("NodeSlashed")).toEqual([]);
    const view = await demo.organiser.publicClient.readContract({
      ...registry(),
      functionName: "nodeOf",
      args: [operator.address],
    });
    expect(view).toMatchObject({ stake, openChallenges: 0, active: true });
  });
});

describe("under a reorganisation below what was called final", () => {
  let local: TestNode | undefined;
  afterEach(() => local?.close());

  test("a node that signed about one entry signs nothing about another under its id, and says so", async () => {
    let other: EntryFacts | undefined;
    const started = await startNode(async (at) => {
      const first = await writeEntry(at, "sums", 1);
      other = (await writeEntry(at, "haiku", 1)).facts;
      return [first.facts];
    });
    local = started;
    const hashes = async (): Promise<Hex[]> =>
      (await attestedBy(started.url)).map(({ attestation }) => attestation.modelSha256);
    await until("an attestation", async () => (await hashes()).length === 1);
    started.chain.entries = other === undefined ? [] : [other];
    const refusal = await until("the refusal", async () => {
      const { entries } = (await (await fetch(`${started.url}/ready`)).json()) as {
        entries: { state: string; detail: string | null }[];
      };
      return entries[0]?.state === "unavailable" && entries[0].detail;
    });
    expect(refusal).toContain("This node signed something else about entry 1 before.");
    expect(refusal).toContain(other?.modelSha256);
    await until("no attestation", async () => (await hashes()).length === 0);
    expect(started.attested.flat().map(({ attestation }) => attestation.modelSha256)).not.toContain(other?.modelSha256);
  });
});

describe("while the chain is away", () => {
  let local: TestNode | undefined;
  afterEach(() => local?.close());

  test("a node serves on, attests late, and says so", async () => {
    const clock = { ms: Date.UTC(2026, 5, 1, 12, 10) };
    const started = await startNode(async (at) => [(await writeEntry(at, "sums", 1)).facts], { now: () => clock.ms });
    local = started;
    await until("the first on chain", () => started.attested.flat().length === 1);
    started.chain.away = true;
    clock.ms += 25 * 3_600_000;
    await until("the word of it", () => started.log.join("").includes("the chain does not answer"));
    const { chain: state } = (await (await fetch(`${started.url}/ready`)).json()) as { chain: { reachable: boolean } };
    expect(state.reachable).toBe(false);
    const answer = await fetch(`${started.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ model: "sums", messages: [{ role: "user", content: "What is 17 plus 5?" }] }),
    });
    expect(answer.status).toBe(200);
    expect(started.attested.flat()).toHaveLength(1);
    started.chain.away = false;
    await until("the chain again", () => started.log.join("").includes("the chain answers again"));
    await until("the late one", () => started.attested.flat().length === 2);
  });
});
