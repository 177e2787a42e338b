import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { recoverTypedDataAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import { attestationOf, attestationsAnswer } from "#protocol/node.ts";
import { nodesDomain, nodeTypes } from "#protocol/typedData.ts";
import { devAccounts, LOCAL_CHAIN_ID } from "../../../scripts/start/localChain.ts";
import { createGate, type Gate } from "../../support/gate.ts";
import { type House, type HouseProcess, openHouse, root, run } from "../../support/realHouse.ts";
import { until } from "../../support/until.ts";
import { isAlive, modelProcessesOf } from "./processes.ts";
import { writeEntry } from "./startNode.ts";

const [operator] = devAccounts().operators;
if (operator === undefined) throw new Error("the local chain has no operator's account");
const signingKey = generatePrivateKey();
const key = privateKeyToAccount(signingKey).address;
let house: House;
let { folder, demo, facts } = {} as House;
let gate: Gate;
let node: HouseProcess;
let url: string;

beforeAll(async () => {
  house = await openHouse(operator.address, async (at) => [
    await writeEntry(at, "sums", 1),
    await writeEntry(at, "haiku", 2),
  ]);
  ({ folder, demo, facts } = house);
  gate = await createGate(house.chain.url);
  node = serve();
  url = String((await node.first)["url"]);
});

afterAll(async () => {
  await gate?.shut();
  await house?.close(node);
});

function serve(more: readonly string[] = [], stake = "200"): HouseProcess {
  const flags = {
    "--rpc": gate.url,
    "--factory": demo.factory,
    "--node-registry": demo.nodeRegistry,
    "--contest": demo.contest,
    "--models": folder,
    "--manifests": folder,
    "--store": join(folder, "store"),
    "--operator-key-env": "TEST_OPERATOR_KEY",
    "--stake": stake,
    "--poll-ms": "200",
  };
  return run("inference-node/main.ts", ["serve", ...Object.entries(flags).flat(), ...more], {
    COINDROP_NODE_KEY: signingKey,
    TEST_OPERATOR_KEY: operator?.privateKey ?? "",
    OF_NO_CONCERN: "to a model's process",
  });
}

async function commandLine(...args: string[]): Promise<{ code: number; output: string }> {
  return await new Promise((resolve) => {
    execFile(process.execPath, ["inference-node/main.ts", ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: `${stdout}${stderr}` });
    });
  });
}

const registry = () => ({ address: demo.nodeRegistry, abi: nodeRegistryAbi }) as const;

describe("a node on a real chain", () => {
  test("registers, attests each entry on chain, and serves attestations that verify", async () => {
    const { publicClient } = demo.organiser;
    const attested = await until("attestations on chain", async () => {
      const events = await publicClient.getContractEvents({
        ...registry(),
        eventName: "Attested",
        fromBlock: 0n,
        strict: true,
      });
      return events.length >= 2 && events;
    });
    expect(attested).toHaveLength(2);
    for (const { args } of attested) {
      const entry = facts[Number(args.entryId) - 1];
      expect(args.node).toBe(operator.address);
      expect(args.key).toBe(key);
      expect([args.manifestHash, args.modelSha256, args.modelRoot]).toEqual([
        entry?.manifestHash,
        entry?.modelSha256,
        entry?.modelRoot,
      ]);
    }
    const view = await publicClient.readContract({ ...registry(), functionName: "nodeOf", args: [operator.address] });
    expect(view).toMatchObject({ stake: 200n * 10n ** 18n, active: true, endpoint: url });

    const { attestations } = attestationsAnswer.parse(await (await fetch(`${url}/v1/attestations`)).json());
    expect(attestations).toHaveLength(2);
    for (const { attestation, signature } of attestations) {
      const signer = await recoverTypedDataAddress({
        domain: nodesDomain({ chainId: LOCAL_CHAIN_ID, verifyingContract: demo.nodeRegistry }),
        types: nodeTypes,
        primaryType: "Attestation",
        message: attestationOf(attestation),
        signature,
      });
      expect(signer).toBe(key);
    }
  });

  test("answers while the chain is gone and finds it again", async () => {
    await until("both models", async () => (await fetch(`${url}/ready`)).ok);
    await gate.shut();
    await until("the node to notice", async () => {
      const { chain: state } = (await (await fetch(`${url}/ready`)).json()) as { chain: { reachable: boolean } };
      return !state.reachable;
    });
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ model: "sums", messages: [{ role: "user", content: "What is 17 plus 5?" }] }),
    });
    expect(((await answer.json()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content).toBe(
      "17 plus 5 is 22.",
    );

    await gate.open();
    await until("the node to see the chain", async () => {
      const { chain: state } = (await (await fetch(`${url}/ready`)).json()) as { chain: { reachable: boolean } };
      return state.reachable;
    });
    expect(node.stderr().match(/the chain does not answer/g)).toHaveLength(1);
    expect(node.child.exitCode).toBeNull();
  });

  test("tells its state, and compares a file with a manifest", async () => {
    const status = await commandLine("status", url);
    expect(status.code).toBe(0);
    expect(status.output).toContain(`${url} is ready`);
    // Its port is any free one, so the configuration alone does not say where it is.
    const configuration = join(folder, "status.json");
    const { factory, nodeRegistry, contest } = demo;
    const settings = { rpcUrl: gate.url, factory, nodeRegistry, contest, store: join(folder, "store") };
    await writeFile(configuration, JSON.stringify(settings));
    const found = await commandLine("status", "--config", configuration);
    expect(found).toMatchObject({ code: 0, output: expect.stringContaining(`${url} is ready`) });
    expect(status.output).toContain(`${demo.contest.toLowerCase()}/2`);

    const manifest = join(folder, `${facts[0]?.manifestHash.slice(2)}.json`);
    const same = await commandLine("verify", join(folder, "sums.gguf"), "--manifest", manifest);
    expect(same).toMatchObject({ code: 0, output: expect.stringContaining("sums.gguf is the model of sums") });
    const other = await commandLine("verify", join(folder, "haiku.gguf"), "--manifest", manifest);
    expect(other).toMatchObject({ code: 1, output: expect.stringContaining("size of the entry: 1100544") });
  });

  test("says which settings are missing or wrong, and never repeats a key", async () => {
    const bare = await commandLine("serve", "--rpc", "ftp://nowhere", "--key-env", "PATH");
    expect(bare.code).toBe(1);
    for (const field of ["rpcUrl", "factory", "nodeRegistry", "contest"]) expect(bare.output).toContain(`${field}: `);
    const elsewhere = ["--state", join(folder, "elsewhere")];
    const keyless = serve(["--key-env", "COINDROP_NO_SUCH_KEY", ...elsewhere]);
    expect(await keyless.exited).toBe(1);
    expect(keyless.stderr()).toContain("The environment variable COINDROP_NO_SUCH_KEY is empty");
    const mistyped = serve(["--key-env", "PATH", ...elsewhere]);
    expect(await mistyped.exited).toBe(1);
    expect(mistyped.stderr()).toContain("The environment variable PATH holds no private key");
    expect(mistyped.stderr()).not.toContain(process.env["PATH"]);
  });

  test("says in a sentence that its port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const late = serve(["--port", String(port), "--state", join(folder, "late")]);
    expect(await late.exited).toBe(1);
    expect(late.stderr()).toContain(`Port ${port} on 127.0.0.1 is taken by another program.`);
    await new Promise((resolve) => other.close(resolve));
  });

  test("ends on SIGTERM and leaves no process behind; its models' processes know none of its keys", async () => {
    await until("loaded models", async () => {
      const { entries } = (await (await fetch(`${url}/ready`)).json()) as { entries: { state: string }[] };
      return entries.length === 2 && entries.every(({ state }) => state === "ready");
    });
    const children = await modelProcessesOf(node.child.pid);
    expect(children).toHaveLength(2);
    if (process.platform === "linux") {
      const told = await Promise.all(children.map((pid) => readFile(`/proc/${pid}/environ`, "utf8")));
      expect(told.join("\n")).not.toMatch(/COINDROP|TEST_OPERATOR_KEY|OF_NO_CONCERN/);
      expect(told.join("\n")).not.toContain(signingKey.slice(2));
    }
    node.child.kill("SIGTERM");
    expect(await node.exited).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
  });

  test("its models' processes end when it is killed outright", async () => {
    node = serve();
    url = String((await node.first)["url"]);
    const children = await until("loaded models", async () => {
      const found = await modelProcessesOf(node.child.pid);
      const { entries } = (await (await fetch(`${url}/ready`)).json()) as { entries: { state: string }[] };
      return entries.length === 2 && entries.every(({ state }) => state === "ready") && found;
    });
    expect(children).toHaveLength(2);
    node.child.kill("SIGKILL");
    await until("the children to end", () => children.every((pid) => !isAlive(pid)), 30_000);
  });
});
