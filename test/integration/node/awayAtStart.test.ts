import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import { attestationsAnswer } from "#protocol/node.ts";
import { devAccounts } from "../../../scripts/start/localChain.ts";
import { type House, type HouseProcess, openHouse, run, startChain } from "../../support/realHouse.ts";
import { until } from "../../support/until.ts";
import { writeEntry } from "./startNode.ts";

/** A node starts while its chain does not answer. */

const [operator] = devAccounts().operators;
if (operator === undefined) throw new Error("the local chain has no operator's account");
const signingKey = generatePrivateKey();
const line = { url: "", server: undefined as Server | undefined, open: true };
let house: House;
let node: HouseProcess | undefined;

beforeAll(async () => {
  house = await openHouse(operator.address, async (at) => [
    await writeEntry(at, "sums", 1),
    await writeEntry(at, "haiku", 2),
  ]);
  line.url = house.chain.url;
  line.server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (!line.open) return response.destroy();
    const answer = await fetch(line.url, { method: "POST", body: Buffer.concat(chunks), headers: json }).catch(
      () => null,
    );
    if (answer === null) return response.destroy();
    response.writeHead(answer.status, json).end(await answer.text());
  });
  await new Promise<void>((done) => line.server?.listen(0, "127.0.0.1", done));
});
afterAll(async () => {
  line.server?.closeAllConnections();
  line.server?.close();
  await house?.close(node);
});

const json = { "Content-Type": "application/json" };

function serve(more: readonly string[] = []): HouseProcess {
  const { folder, demo } = house;
  const { port } = (line.server as Server).address() as AddressInfo;
  const flags = {
    "--rpc": `http://127.0.0.1:${port}`,
    "--factory": demo.factory,
    "--node-registry": demo.nodeRegistry,
    "--contest": demo.contest,
    "--models": folder,
    "--manifests": folder,
    "--store": join(folder, "store"),
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
const get = async (url: string, path: string) => (await (await fetch(`${url}${path}`)).json()) as never;
const attestedBy = async (url: string) =>
  attestationsAnswer
    .parse(await get(url, "/v1/attestations"))
    .attestations.map(({ attestation }) => attestation.entryId);
const attestedOnChain = async () => {
  const { demo } = house;
  const of = { address: demo.nodeRegistry, abi: nodeRegistryAbi, eventName: "Attested" } as const;
  return (await demo.organiser.publicClient.getContractEvents({ ...of, fromBlock: 0n })).length;
};
const askSums = (url: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ model: "sums", messages: [{ role: "user", content: "What is 17 plus 5?" }] }),
  });

describe("a node that starts while its chain is away", () => {
  test("serves what it knew before, gives receipts, says that it is degraded, and attests nothing", async () => {
    node = serve();
    const first = await urlOf(node);
    await until("both on chain", async () => (await attestedOnChain()) === 2);
    expect(await attestedBy(first)).toEqual(["1", "2"]);
    await kill();
    line.open = false;

    node = serve(["--entries", "1"]);
    const url = await urlOf(node);
    await until("readiness", async () => (await fetch(`${url}/ready`)).ok);
    const answer = (await (await askSums(url)).json()) as { coindrop: { receipt: { node: string } } };
    expect(answer.coindrop.receipt.node).toBe(operator.address.toLowerCase());
    expect(await get(url, "/health")).toMatchObject({ state: "degraded", reasons: ["The chain does not answer."] });
    const { chain, entries } = (await get(url, "/ready")) as {
      chain: { reachable: boolean; block: number };
      entries: [];
    };
    expect(chain.reachable).toBe(false);
    expect(chain.block).toBeGreaterThan(0);
    expect(entries).toHaveLength(1);
    await until("the word of it", () => node?.stderr().includes("was not read since this node started"));
    expect(node.stderr()).toContain("nothing is attested until it answers");
    expect(await attestedBy(url)).toEqual([]);
  });

  test("serves nothing whose file was lost meanwhile", async () => {
    await kill();
    await rm(join(house.folder, "haiku.gguf"));
    node = serve();
    const url = await urlOf(node);
    const states = await until("both tried", async () => {
      const { entries } = (await get(url, "/ready")) as { entries: { id: string; state: string }[] };
      return entries.every(({ state }) => state !== "preparing") && entries.map(({ state }) => state);
    });
    expect(states).toEqual(["asleep", "unavailable"]);
  });

  test("attests once the chain is back", async () => {
    line.open = true;
    const url = await urlOf(node as HouseProcess);
    await until("the attestation", async () => (await attestedBy(url)).length === 1);
    expect(await attestedBy(url)).toEqual(["1"]);
    expect(await get(url, "/ready")).toMatchObject({ chain: { reachable: true } });
    await kill();
    line.open = false;
  });

  test("ends, and signs nothing, when another chain answers in its place", async () => {
    const other = await startChain();
    try {
      node = serve(["--entries", "1"]);
      const url = await urlOf(node);
      await until("readiness", async () => (await fetch(`${url}/ready`)).ok);
      line.url = other.url;
      line.open = true;
      expect(await node.exited).toBe(1);
      expect(node.stderr()).toContain("The chain that answers now is another one than this node remembers.");
    } finally {
      other.child.kill("SIGKILL");
      await other.exited;
    }
  });

  test("knows nothing under another key, and waits for the chain", async () => {
    line.open = false;
    node = serve(["--node-registry", privateKeyToAccount(signingKey).address]);
    await until("the word of it", () => node?.stderr().includes("does not answer yet, waiting"));
  });
});
