import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Address, keccak256 } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import { modelCardSchema } from "#protocol/modelCard.ts";
import { devAccounts } from "../../../scripts/start/localChain.ts";
import { addContest, type House, type HouseProcess, openHouse, root, run } from "../../support/realHouse.ts";
import { until } from "../../support/until.ts";
import { writeEntry } from "./startNode.ts";

/** A stranger becomes a node by the commands that the README names, one after the other, and leaves again. */

const [, operator] = devAccounts().operators;
if (operator === undefined) throw new Error("the local chain has no second operator's account");
const secrets = { COINDROP_KEYSTORE_PASSWORD: "correct horse battery", TEST_OPERATOR_KEY: operator.privateKey };
let house: House;
let { folder, chain, demo } = {} as House;
let other: Address;
let node: HouseProcess;
let url: string;

beforeAll(async () => {
  house = await openHouse(operator.address, async (at) => [
    await writeEntry(at, "sums", 1),
    await writeEntry(at, "haiku", 2),
  ]);
  ({ folder, chain, demo } = house);
  const { facts } = await writeEntry(folder, "bedtime", 1);
  other = await addContest(demo, [facts], keccak256("0x02"));
});
afterAll(() => house?.close(node));

const config = () => join(folder, "node.json");
type Said = { readonly code: number; readonly out: string; readonly err: string };

function say(args: readonly string[], env: Readonly<Record<string, string>> = secrets): Promise<Said> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, ...env } };
    execFile(process.execPath, ["inference-node/main.ts", ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}
const ask = async (...args: string[]) => {
  const { out, code, err } = await say([...args, "--config", config(), "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Record<string, unknown>;
};

describe("init", () => {
  const flags = () => [
    ...["init", "--yes", "--rpc", chain.url, "--node-registry", demo.nodeRegistry, "--contest", demo.contest],
    ...["--entries", "1", "--store", join(folder, "store"), "--models", folder, "--manifests", folder],
    ...["--new-keystore", join(folder, "key.json"), "--operator-key-env", "TEST_OPERATOR_KEY", "--port", "0"],
    ...["--watts", "60", "--price-kwh", "0.3", "--hardware-price", "400", "--currency", "EUR", "--out", config()],
  ];

  test("refuses a contest that is not the registry's, and entries that do not exist", async () => {
    const foreign = flags().map((flag) => (flag === demo.contest ? demo.coin : flag));
    const missing = flags().map((flag) => (flag === "1" ? "1,9" : flag));
    const [one, other] = await Promise.all([say(foreign), say(missing)]);
    expect(one.err).toContain("is no contest of the registry's factory");
    expect(other.err).toContain("The contest has 2 entries, and so none with the id 9.");
  });

  test("writes a configuration that a person can read, and an encrypted key that nobody else can", async () => {
    const { code, out, err } = await say(flags());
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const written = JSON.parse(await readFile(config(), "utf8"));
    expect(written).toMatchObject({
      contest: demo.contest.toLowerCase(),
      factory: demo.factory.toLowerCase(),
      entries: [1],
      key: { keystore: "key.json", passwordEnv: "COINDROP_KEYSTORE_PASSWORD" },
      store: "store",
      costs: { watts: 60, pricePerKwh: 0.3, hardwarePrice: 400, currency: "EUR" },
    });
    const codeAt = async (block: number) => {
      const params = [demo.factory, `0x${block.toString(16)}`];
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getCode", params });
      const headers = { "content-type": "application/json" };
      const answer = await fetch(chain.url, { method: "POST", headers, body });
      return ((await answer.json()) as { result: string }).result;
    };
    expect(written.fromBlock).toBeGreaterThan(0);
    expect([await codeAt(written.fromBlock - 1), (await codeAt(written.fromBlock)).length > 2]).toEqual(["0x", true]);
    expect(out).toContain(`the chain is read from block ${written.fromBlock}, in which the factory came to be`);
    const keystore = JSON.parse(await readFile(join(folder, "key.json"), "utf8"));
    expect(keystore).toMatchObject({ version: 3, Crypto: { kdf: "scrypt" } });
    expect((await stat(join(folder, "key.json"))).mode & 0o077).toBe(0);
    expect(out.toLowerCase()).toContain(`wrote a new signing key, 0x${keystore.address}`);
    expect(out).not.toContain(secrets.COINDROP_KEYSTORE_PASSWORD);
  });

  test("writes over neither configuration nor key", async () => {
    const [config, key] = await Promise.all([say(flags()), say([...flags(), "--force"])]);
    expect(config.err).toContain("is there already");
    expect(key.err).toContain("a key is never written over");
  });
});

test("a keystore's wrong password is refused, and neither password nor key is repeated", async () => {
  const wrong = { ...secrets, COINDROP_KEYSTORE_PASSWORD: "wrong horse battery" };
  const { code, err, out } = await say(["key", "add", "--config", config()], wrong);
  expect(code).toBe(1);
  expect(err).toContain("incorrect password");
  expect(err + out).not.toContain("wrong horse");
});

type Findings = { well: boolean; findings: { subject: string; state: string; detail: string; advice?: string }[] };

describe("doctor", () => {
  const doctor = async (...more: string[]) => {
    const { out, code } = await say(["doctor", "--config", config(), "--json", ...more]);
    const { well, findings } = JSON.parse(out) as Findings;
    const of = (subject: string) => findings.filter((finding) => finding.subject === subject);
    return { code, well, findings, of };
  };

  test("says nothing of stake and gas while the operator's key cannot be opened", async () => {
    const { of } = await doctor("--operator-key-env", "TEST_NOBODY_SET_THIS");
    expect(of("key").map(({ state, detail }) => `${state} ${detail}`)).toEqual([
      "mend The environment variable TEST_NOBODY_SET_THIS is empty; it should hold the operator's key.",
    ]);
    expect([...of("stake"), ...of("gas")]).toEqual([]);
  });

  test("says what a node that is not registered yet has to mend", async () => {
    const { code, of } = await doctor();
    expect(code).toBe(1);
    expect(of("engine")[0]).toMatchObject({ state: "good", detail: expect.stringContaining("llama.cpp") });
    expect(of("chain")[0]).toMatchObject({ state: "good", detail: expect.stringContaining("1 entry to host") });
    expect(of("memory")[0]?.state).toBe("good");
    expect(of("disk")[0]?.state).toBe("good");
    expect(of("clock")[0]?.state).toBe("good");
    expect(of("stake")[0]).toMatchObject({ state: "mend", advice: expect.stringContaining("register") });
    expect(of("key")[0]).toMatchObject({ state: "mend", advice: expect.stringContaining("key add") });
  });
});

describe("a node from its configuration", () => {
  test("is not registered with the key that holds the stake, unless that is asked for, nor with absurd stakes", async () => {
    const with_ = (...more: string[]) =>
      say(["register", "--config", config(), "--endpoint", "http://127.0.0.1:1", ...more]);
    const same = ["--key-env", "TEST_OPERATOR_KEY_TOO"];
    const env = { ...secrets, TEST_OPERATOR_KEY_TOO: operator.privateKey };
    const one = await say(["register", "--config", config(), "--endpoint", "http://127.0.0.1:1", ...same], env);
    expect(one).toMatchObject({ code: 1, err: expect.stringContaining("is the key that holds the stake") });
    expect(one.err).toContain("--allow-one-key");
    const added = await say(["key", "add", "--config", config(), ...same], env);
    expect(added).toMatchObject({ code: 1, err: expect.stringContaining("is the key that holds the stake") });
    const allowed = await say(["key", "add", "--config", config(), ...same, "--allow-one-key"], env);
    expect(allowed.err).toContain("the registry does not know this node");

    expect((await with_("--stake", "200000000000000000000")).err).toContain("not in wei: did you mean 200?");
    expect((await with_("--stake", "0")).err).toContain("An amount of 0 stakes nothing.");
    expect((await with_("--stake", "0.0000000000000000001")).err).toContain("more decimals than");
    expect((await with_("--stake", "1")).err).toContain("the stake is below the least");
    expect((await with_("--stake", "1e3")).err).toContain("expected an amount of coins");
  });

  test("registers, and adds a second signing key", async () => {
    const registered = await ask("register", "--endpoint", "http://127.0.0.1:1");
    expect(registered["done"]).toContainEqual(expect.stringContaining("registered with a stake of"));
    expect(await ask("register", "--endpoint", "http://127.0.0.1:1")).toMatchObject({ done: [] });

    const more = { ...secrets, TEST_SECOND_KEY: generatePrivateKey() };
    const key = privateKeyToAccount(more.TEST_SECOND_KEY).address;
    const args = ["key", "add", "--config", config(), "--key-env", "TEST_SECOND_KEY"];
    const added = await say([...args, "--json"], more);
    expect(JSON.parse(added.out)).toMatchObject({ key, node: operator.address, transaction: expect.any(String) });
    const owner = await demo.organiser.publicClient.readContract({
      address: demo.nodeRegistry,
      abi: nodeRegistryAbi,
      functionName: "nodeOfKey",
      args: [key],
    });
    expect(owner).toBe(operator.address);
    expect((await say(args, more)).code).toBe(1);
  });

  test("pulls an entry by what the chain says of it", async () => {
    const { files } = await ask("pull", demo.contest, "2");
    expect(files).toMatchObject([{ role: "model", name: "haiku.gguf", path: join(folder, "haiku.gguf") }]);
    const missing = await say(["pull", demo.contest, "7", "--config", config()]);
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("has no entry 7") });
    expect(missing.err).toContain("entries: 1, 2");
  });

  test("refuses to host of a contest that is not the registry's", async () => {
    const refused = await say(["host", demo.coin, "1", "--config", config()]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("is no contest of the registry's factory") });
    const missing = await say(["host", other, "2", "--config", config()]);
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("none with the id 2") });
  });

  test("hosts an entry of another contest too, and keeps that in its file", async () => {
    node = run(
      "inference-node/main.ts",
      ["host", other, "1", "--config", config(), "--poll-ms", "200", "--serve-models"],
      secrets,
    );
    url = String((await node.first)["url"]);
    const contest = other.toLowerCase();
    expect(JSON.parse(await readFile(config(), "utf8"))).toMatchObject({
      entries: [1],
      also: [{ contest, entries: [1] }],
    });
    await until("both models measured", async () => {
      const { entries } = (await (await fetch(`${url}/ready`)).json()) as { entries: { state: string }[] };
      return entries.length === 2 && entries.every(({ state }) => state === "ready");
    });
  });

  test("says its models' cards: size, speed, memory and cost, measured", async () => {
    const card = await until("a measured card", async () => {
      const answer = await fetch(`${url}/v1/entries/${demo.contest}/1/card`);
      const read = modelCardSchema.parse(await answer.json());
      return read.measured !== null && read;
    });
    expect(card).toMatchObject({ name: "sums", fileBytes: 1_100_544, contextSize: 512 });
    expect(card.memoryBytes ?? 1e9).toBeGreaterThan(5_000_000);
    const speed = card.measured?.tokensPerSecond ?? 0;
    const seconds = 1_000_000 / speed;
    expect(card.cost?.electricity).toBeCloseTo((0.06 * 0.3 * seconds) / 3_600, 9);
    expect(card.cost?.hardware).toBeCloseTo((400 * seconds) / (3 * 31_557_600), 9);
    expect(card.cost?.perMillionTokens).toBeCloseTo((card.cost?.electricity ?? 0) + (card.cost?.hardware ?? 0), 9);

    const { code, out } = await say(["status", url]);
    expect(code).toBe(0);
    expect(out).toContain("is ready");
    expect(out).toMatch(/per 1M tokens/);
    expect(out).toMatch(/sums .* EUR/);
    expect((await fetch(`${url}/v1/entries/${demo.contest}/7/card`)).status).toBe(404);
  });

  test("attests, adds stake, and moves its endpoint by command", async () => {
    const attested = await ask("attest", url);
    expect(attested).toMatchObject({
      entries: [`${demo.contest}/1`, `${other}/1`].map((id) => id.toLowerCase()).toSorted(),
      transaction: expect.stringMatching(/^0x/),
    });
    expect(await ask("stake", "--add", "12.5")).toMatchObject({ stake: "212500000000000000000", active: true });
    expect(await ask("endpoint", url)).toMatchObject({ endpoint: url });
    expect(await ask("stake")).toMatchObject({ endpoint: url, registered: true, openChallenges: 0 });
    const doctor = await say(["doctor", "--config", config(), "--json", "--endpoint", url]);
    expect(JSON.parse(doctor.out)).toMatchObject({ well: true });
  });

  test("hands its model to another node that finds it by the registry alone", async () => {
    const elsewhere = ["--store", join(folder, "elsewhere"), "--models", join(folder, "nothing")];
    const args = ["pull", other, "1", "--config", config(), ...elsewhere, "--json"];
    const [inward, allowed] = [await say(args), await say([...args, "--allow-private"])];
    expect(inward).toMatchObject({ code: 2, err: expect.stringContaining(`${url}/…`) });
    expect(inward.err).toContain("is not https");
    expect(JSON.parse(allowed.out)).toMatchObject({ files: [{ name: "bedtime.gguf" }], dropped: [] });
  });

  test("leaves by command, and collects what it staked", async () => {
    const unsure = await say(["exit", "--config", config()]);
    expect(unsure).toMatchObject({ code: 1, err: expect.stringContaining("Nothing was sent.") });
    const leaving = await ask("exit", "--yes");
    expect(leaving).toMatchObject({ active: false });
    const early = await say(["collect", "--config", config()]);
    expect(early).toMatchObject({ code: 1, err: expect.stringMatching(/^(it is too early for that|nothing is owed)/) });
    await demo.organiser.publicClient.request({ method: "evm_increaseTime", params: ["0x93a81"] } as never);
    await until("a block seven days later", async () => {
      const { timestamp } = await demo.organiser.publicClient.getBlock();
      return timestamp > BigInt(Number(leaving["leavesAt"]));
    });
    expect(await ask("collect")).toMatchObject({ stake: "0", collected: { coins: "212500000000000000000" } });
    const left = await demo.organiser.publicClient.readContract({
      address: demo.nodeRegistry,
      abi: nodeRegistryAbi,
      functionName: "nodeOf",
      args: [operator.address],
    });
    expect(left.stake).toBe(0n);
  });
});
