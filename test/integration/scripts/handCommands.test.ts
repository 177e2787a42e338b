import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encryptKeystoreJsonSync } from "ethers";
import { type Address, encodeFunctionData, erc20Abi, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contestAbi, contestFactoryAbi } from "#protocol/abi.ts";
import { type Clients, publicClientOf, send, walletOf } from "../../../scripts/chainClients.ts";
import { type Deployed, deploy } from "../../../scripts/deploy.ts";
import { createChainClock } from "../../../scripts/start/chainClock.ts";
import { devAccounts, localChain } from "../../../scripts/start/localChain.ts";
import { root } from "../../../scripts/tool/root.ts";
import { startChainProcess } from "../../support/chainProcess.ts";
import { runScript } from "../../support/runScript.ts";

const DAY = 86_400;
const { organiser, authors } = devAccounts();
const [author = organiser] = authors;

let chain: Awaited<ReturnType<typeof startChainProcess>>;
let folder: string;
let house: Deployed;
let clients: Clients;
let contest: Address;

beforeAll(async () => {
  chain = await startChainProcess();
  folder = mkdtempSync(path.join(tmpdir(), "coindrop-hands-"));
  clients = { publicClient: publicClientOf(localChain(chain.url)), wallet: walletOf(localChain(chain.url), organiser) };
  house = await deploy(clients);
  const args = [author.address, parseEther("60")] as const;
  await send(clients, { to: house.coin, data: encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args }) });
  cpSync(path.join(root, "scripts/demo/entries/sums.json"), path.join(folder, "entry.json"));
  cpSync(path.join(root, "scripts/demo/models/sums.gguf"), path.join(folder, "sums.gguf"));
  cpSync(path.join(root, "scripts/demo/declaration.md"), path.join(folder, "declaration.md"));
  writeRules("rules.json", {});
});

afterAll(async () => {
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The example's rules with `change`, as a file of the test's folder. */
function writeRules(name: string, change: Record<string, unknown>): string {
  const example: unknown = JSON.parse(readFileSync(path.join(root, "scripts/examples/contest.json"), "utf8"));
  const file = path.join(folder, name);
  writeFileSync(
    file,
    JSON.stringify({ ...(example as object), declaration: "declaration.md", coin: house.coin, ...change }),
  );
  return file;
}

/** Runs a command as somebody whose folder has no demo. Standard error is part of the output. */
function run(
  script: "contest" | "entry",
  args: readonly string[],
  key: string = script === "contest" ? organiser.privateKey : author.privateKey,
) {
  const env = {
    ...process.env,
    COINDROP_STATE: path.join(folder, "state"),
    TEST_KEY: key,
    COINDROP_KEYSTORE_PASSWORD: "open sesame",
  };
  return runScript(`scripts/${script}.ts`, args, env);
}

const asOrganiser = () => ["--rpc", chain.url, "--factory", house.factory, "--key-env", "TEST_KEY"];
const asAuthor = () => [
  "--rpc",
  chain.url,
  "--contest",
  contest,
  "--key-env",
  "TEST_KEY",
  "--uri",
  "https://node.example/manifests/{sha256}",
];

describe("npm run contest -- create", () => {
  test("says the rules in words and sends nothing when nobody says yes", async () => {
    const { code, output } = await run("contest", ["create", path.join(folder, "rules.json"), ...asOrganiser()]);
    expect(output).toContain("every DROP the same, whoever holds it");
    expect(output).toContain("50 DROP with an entry, 100 DROP with a challenge");
    expect(output).toContain("split 40 %, 20 %, 12 %, 8 %, 5 %, 5 %, 4 %, 3 %, 2 %, 1 %, in DROP");
    expect(output).toContain("averaged over the last 3 days");
    expect(output).toMatch(/about 1[0-9]{2},\d{3} gas/);
    expect(output).toContain("Nothing was sent");
    expect(code).toBe(3);
  });

  test("creates exactly what the file says", async () => {
    const { code, output } = await run("contest", [
      "create",
      path.join(folder, "rules.json"),
      ...asOrganiser(),
      "--yes",
      "--json",
    ]);
    expect(code).toBe(0);
    contest = JSON.parse(output.slice(output.lastIndexOf("{"))).contest;
    const rules = await clients.publicClient.readContract({ address: contest, abi: contestAbi, functionName: "rules" });
    expect(rules).toMatchObject({
      personhood: "0x0000000000000000000000000000000000000000",
      rulingTimeout: 14 * DAY,
      maxEntries: 500,
      maxModelBytes: 6_442_450_944,
      entryBond: 50_000_000_000_000_000_000n,
      challengeBond: 100_000_000_000_000_000_000n,
      minTally: 1_000_000_000_000_000_000n,
      personCap: 0n,
      split: [4_000, 2_000, 1_200, 800, 500, 500, 400, 300, 200, 100],
    });
    expect([
      rules.votesOpen - rules.entriesOpen,
      rules.votesClose - rules.entriesOpen,
      rules.votesClose - rules.countFrom,
    ]).toEqual([7 * DAY, 14 * DAY, 3 * DAY]);
    const isOurs = {
      address: house.factory,
      abi: contestFactoryAbi,
      functionName: "isContest",
      args: [contest],
    } as const;
    expect(await clients.publicClient.readContract(isOurs)).toBe(true);
  });

  test("names every field that is wrong, before it looks at any chain", async () => {
    const file = writeRules("wrong.json", { votesOpen: "next week", entryBond: 50, extra: true });
    const { code, output } = await run("contest", ["create", file, "--rpc", "http://127.0.0.1:1"]);
    expect(output).toContain('votesOpen: expected "2026-12-01T09:00:00Z" (with a zone), "now" or "in 3 days"');
    expect(output).toContain("entryBond: ");
    expect(output).toContain('Unrecognized key: "extra"');
    expect(code).toBe(1);
  });

  test("names every rule that the contract would refuse", async () => {
    const file = writeRules("unlawful.json", { averagedOver: "9 days", rulingTimeout: "90 days", personCap: "5" });
    const { code, output } = await run("contest", ["create", file, ...asOrganiser()]);
    expect(output).toContain("averagedOver: 9 days do not fit between votesOpen and votesClose");
    expect(output).toContain("rulingTimeout: 1 to 60 days");
    expect(output).toContain("personCap, entryCap: only where personhood is set");
    expect(code).toBe(1);
  });

  test("says which chain is silent, and never shows a key", async () => {
    const silent = await run("contest", [
      "create",
      path.join(folder, "rules.json"),
      "--rpc",
      "http://127.0.0.1:1",
      "--key-env",
      "TEST_KEY",
    ]);
    expect(silent.output).toContain("No chain answers at http://127.0.0.1:1.");
    const mistyped = await run(
      "contest",
      ["create", path.join(folder, "rules.json"), ...asOrganiser()],
      "0x1234secret",
    );
    expect(mistyped.output).toContain("The environment variable TEST_KEY holds no private key");
    expect(mistyped.output).not.toContain("1234secret");
    expect([silent.code, mistyped.code]).toEqual([1, 1]);
  });

  test("ends with 2 on wrong usage", async () => {
    expect((await run("contest", ["create"])).code).toBe(2);
  });
});

describe("npm run entry -- submit", () => {
  test("shows hashes, bond and declaration, and sends nothing when nobody says yes", async () => {
    const { code, output } = await run("entry", ["submit", folder, ...asAuthor()]);
    // SHA-256 as `sha256sum` prints it.
    expect(output).toContain("05cda178f5ea3bb029603c1f5dbbc26b2370107d78a151ef5a9933008a583f36");
    expect(output).toContain("50 DROP, back after the result");
    expect(output).toContain("Declaration of independence");
    expect(code).toBe(3);
  });

  test("a model with another head than GGUF's, or a declaration of somebody else's, is refused", async () => {
    const junk = path.join(folder, "junk.gguf");
    writeFileSync(junk, "no model");
    const badModel = await run("entry", ["submit", folder, ...asAuthor(), "--model", junk, "--yes"]);
    expect(badModel.output).toContain("it is no GGUF file");
    rmSync(junk);
    const badText = await run("entry", [
      "submit",
      folder,
      ...asAuthor(),
      "--declaration",
      path.join(folder, "entry.json"),
      "--yes",
    ]);
    expect(badText.output).toContain("is not this contest's declaration");
    expect([badModel.code, badText.code]).toEqual([1, 1]);
  });

  test("submits with a keystore, approves exactly the bond, and leaves the manifest to be served", async () => {
    const keystore = path.join(folder, "author.json");
    writeFileSync(keystore, encryptKeystoreJsonSync(author, "open sesame", { scrypt: { N: 1_024, r: 8, p: 1 } }));
    const args = [
      "--rpc",
      chain.url,
      "--contest",
      contest,
      "--keystore",
      keystore,
      "--uri",
      "https://node.example/manifests/{sha256}",
      "--yes",
      "--json",
    ];
    const { code, output } = await run("entry", ["submit", folder, ...args]);
    expect(output).toContain('"entryId":1');
    expect(code).toBe(0);
    const { manifestHash, manifestURI } = JSON.parse(output.slice(output.lastIndexOf('{"entryId"')));
    expect(manifestURI).toBe(`https://node.example/manifests/${manifestHash.slice(2)}`);
    const read = { address: house.coin, abi: erc20Abi } as const;
    const [left, allowed] = await Promise.all([
      clients.publicClient.readContract({ ...read, functionName: "balanceOf", args: [author.address] }),
      clients.publicClient.readContract({ ...read, functionName: "allowance", args: [author.address, contest] }),
    ]);
    expect([left, allowed]).toEqual([parseEther("10"), 0n]);
    const served = readFileSync(path.join(folder, `${manifestHash.slice(2)}.json`));
    expect(createHash("sha256").update(served).digest("hex")).toBe(manifestHash.slice(2));
  });

  test("an author without the bond, and everybody after the entry phase, are told before anything is sent", async () => {
    const poor = await run("entry", ["submit", folder, ...asAuthor(), "--yes"]);
    expect(poor.output).toContain(`the bond is 50 DROP; ${author.address} holds 10 DROP`);
    await createChainClock(chain.url).advanceTo(Math.floor(Date.now() / 1_000) + 8 * DAY);
    await send(clients, { to: organiser.address, data: "0x" });
    const late = await run("entry", ["submit", folder, ...asAuthor(), "--yes"], organiser.privateKey);
    expect(late.output).toContain("entries closed at");
    expect([poor.code, late.code]).toEqual([1, 1]);
  });
});
