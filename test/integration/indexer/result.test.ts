import { createHash } from "node:crypto";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Address, Hex } from "viem";
import { keccak256, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contestAbi, demoCoinAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { toBytes32 } from "#protocol/hashing.ts";
import { errorAnswer } from "#protocol/http.ts";
import { everyItem } from "#protocol/indexerClient.ts";
import type { Attestation } from "#protocol/typedData.ts";
import { epochAt, nodesDomain, nodeTypes } from "#protocol/typedData.ts";
import type { Indexer } from "../../../indexer/serve.ts";
import { LAB_START, LAB_TIMES } from "../../support/contestLab.ts";
import { rightManifest } from "../../support/rightManifest.ts";
import { until } from "../../support/until.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { clientOf, createIndexerLab, indexed } from "./indexerLab.ts";

const key = privateKeyToAccount(keccak256("0x77"));
const hash = (text: string) => toBytes32(createHash("sha256").update(text).digest());

describe("a contest from its entries to paid prizes", () => {
  const { manifest: good, hash: goodHash } = rightManifest("Haiku <b>bench</b>");
  const brokenHash = toBytes32(
    createHash("sha256")
      .update(canonicalBytes({ version: 1 }))
      .digest(),
  );
  const asked: string[] = [];
  let lab: IndexerLab;
  let indexer: Indexer;
  let contest: Hex;
  let library: Server;
  let libraryUrl: string;

  beforeAll(async () => {
    // Spaced otherwise than in canonical form: what counts is the hash over that form.
    const shelf = new Map([
      [`/manifests/${goodHash.slice(2)}`, JSON.stringify(good, null, 2)],
      ["/broken.json", '{ "version": 1 }'],
      ["/other.json", JSON.stringify(good)],
    ]);
    library = createServer((request, response) => {
      asked.push(request.url ?? "");
      const text = shelf.get(request.url ?? "");
      response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    await new Promise<void>((resolve) => library.listen(0, "127.0.0.1", resolve));
    libraryUrl = `http://127.0.0.1:${(library.address() as AddressInfo).port}`;

    lab = await createIndexerLab();
    const start = LAB_START + LAB_TIMES.votesOpen + 100;
    const rules = { ...lab.openRules, entriesOpen: start, votesOpen: start + 1_000, countFrom: start + 2_000 };
    contest = (await lab.create({ ...rules, votesClose: start + 3_000 })).contest.toLowerCase() as Hex;
    for (const account of [lab.author, lab.alice, lab.bob]) await lab.equip(account, contest);
    await lab.chain.setNextTime(start);
    const sources: [Hex, string][] = [
      [goodHash, "https://nowhere.invalid/manifest"],
      [brokenHash, `${libraryUrl}/broken.json`],
      [hash("something else"), `${libraryUrl}/other.json`],
      [hash("taken back"), "ipfs://nothing"],
    ];
    for (const [manifestHash, manifestURI] of sources) {
      const input = { manifestHash, modelSha256: hash("m"), modelRoot: hash("r"), modelSize: 1_234, manifestURI };
      await write(lab.author, "submit", [input, rules.declarationHash]);
    }
    await write(lab.author, "retract", [4n]);
    await write(lab.author, "fund", [parseEther("100")]);
    indexer = await lab.serve({ allowPrivate: true, manifestBases: [libraryUrl] });
  });
  afterAll(async () => {
    await indexer?.close();
    await lab?.close();
    await new Promise((resolve) => library.close(resolve));
  });

  function write(from: Address, functionName: string, args: readonly unknown[]) {
    return lab.chain.write({ from, to: contest, abi: contestAbi, functionName, args } as never);
  }
  /** The client, once the newest block is indexed. */
  async function asking() {
    await indexed(indexer.url, lab.headNumber);
    return clientOf(indexer.url);
  }
  const entry = async (id: number) => (await (await asking()).entry({ contest, id })).entry;
  const ranking = async () => (await asking()).ranking({ contest });
  const voterOf = async (wallet: Address) => (await (await asking()).voter({ contest, wallet })).voter;
  async function advance(seconds: number): Promise<void> {
    await lab.chain.setNextTime(LAB_START + LAB_TIMES.votesOpen + 100 + seconds);
  }

  test("manifests come by their hash, or say why they do not", async () => {
    const present = await until("the manifest", async () => {
      const { manifest: found } = await entry(1);
      return found.state === "present" ? found : undefined;
    });
    expect(present.manifest.name).toBe("Haiku <b>bench</b>");
    const broken = await until("the broken one's reason", async () => {
      const { manifest: found } = await entry(2);
      return found.state === "unavailable" ? found : undefined;
    });
    expect(broken.reason).toMatch(/breaks the rules/);
    const other = await until("the other one's reason", async () => {
      const { manifest: found } = await entry(3);
      return found.state === "unavailable" ? found : undefined;
    });
    expect(other.reason).toMatch(/another manifest, with hash 0x/);
    expect(asked).toContain(`/manifests/${goodHash.slice(2)}`);
    const { entries } = await (await asking()).entries({ contest, search: "BENCH haiku" });
    expect(entries.map(({ entryId }) => entryId)).toEqual([1]);
    expect((await (await asking()).entries({ contest, category: "numbers" })).entries).toEqual([]);
  });

  test("an entry that was taken back holds no rank, and its bond is owed less a tenth", async () => {
    expect(await entry(4)).toMatchObject({ status: "retracted" });
    const voter = await voterOf(lab.author);
    expect(voter.credits).toEqual([{ token: lab.coin.toLowerCase(), amount: parseEther("0.9").toString() }]);
    expect(voter.entries).toEqual([1, 2, 3, 4]);
    expect(voter.funded).toBe(parseEther("100").toString());
  });

  test("a node counts while it is active and its attestation is true", async () => {
    const registry = { to: lab.nodeRegistry, abi: nodeRegistryAbi } as const;
    const domain = nodesDomain({ chainId: 31_337, verifyingContract: lab.nodeRegistry });
    const max = 2n ** 256n - 1n;
    await lab.chain.write({
      from: lab.bob,
      to: lab.coin,
      abi: demoCoinAbi,
      functionName: "approve",
      args: [lab.nodeRegistry, max],
    });
    const proof = await key.signTypedData({
      domain,
      types: nodeTypes,
      primaryType: "NodeKey",
      message: { node: lab.bob },
    });
    const stake = parseEther("200");
    await lab.chain.write({
      ...registry,
      from: lab.bob,
      functionName: "register",
      args: ["http://n\0de", key.address, proof, stake],
    });
    const { timestamp } = (await lab.request("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
    const say = async (entryId: bigint, manifestHash: Hex) => {
      const message: Attestation = {
        node: lab.bob,
        contest,
        entryId,
        manifestHash,
        modelRoot: hash("r"),
        modelSha256: hash("m"),
        engine: hash("e"),
        epoch: epochAt(Number(timestamp)),
      };
      const signature = await key.signTypedData({ domain, types: nodeTypes, primaryType: "Attestation", message });
      await lab.chain.write({ ...registry, from: lab.bob, functionName: "attest", args: [[message], [signature]] });
    };
    await say(1n, goodHash);
    await say(2n, hash("a lie"));
    await say(2n ** 200n, goodHash).catch(() => {});

    expect((await entry(1)).nodes).toBe(1);
    expect((await entry(2)).nodes).toBe(0);
    const { nodes } = await (await asking()).nodes({ contest, entry: 2 });
    expect(nodes).toMatchObject([{ address: lab.bob.toLowerCase(), active: true, keys: [key.address.toLowerCase()] }]);
    expect(nodes[0]?.attestations.map(({ entryId, matches }) => [entryId, matches])).toEqual([
      [1, true],
      [2, false],
    ]);
    await lab.chain.write({ ...registry, from: lab.bob, functionName: "leave", args: [] });
    expect((await entry(1)).nodes).toBe(0);
  });

  test("after the close the final ranks, prizes, refunds and credits are those of the contract", async () => {
    await advance(1_500);
    await write(lab.alice, "drop", [1n, parseEther("2")]);
    await advance(2_500);
    await write(lab.bob, "drop", [2n, parseEther("3")]);
    const projected = await ranking();
    expect(projected.rows.map(({ entryId, rank, prize }) => [entryId, rank, prize])).toEqual([
      [1, 1, parseEther("30").toString()],
      [2, 2, parseEther("20").toString()],
      [3, null, "0"],
      [4, null, "0"],
    ]);
    await advance(3_000);
    await write(lab.alice, "withdraw", [1n, parseEther("2")]);
    expect((await ranking()).rows.map(({ score }) => score)).toEqual(projected.rows.map(({ score }) => score));
    await write(lab.carol, "count", [10n]);
    await write(lab.carol, "finalize", []);
    await write(lab.carol, "claim", [1n]);
    await write(lab.author, "claimTo", [2n, lab.carol]);
    await write(lab.author, "reclaim", []);
    await write(lab.author, "releaseBond", [1n]);
    await write(lab.author, "collect", []);

    const { contest: seen } = await (await asking()).contest({ contest });
    expect(seen).toMatchObject({ phase: "final", counted: 4, voters: 1, pot: parseEther("100").toString() });
    expect(seen.result).toMatchObject({
      entryIds: [1, 2, 0, 0, 0, 0, 0, 0, 0, 0],
      unheld: parseEther("50").toString(),
    });
    expect(seen.claims).toMatchObject([
      { rank: 1, entryId: 1, to: lab.author.toLowerCase(), amount: parseEther("30").toString() },
      { rank: 2, entryId: 2, to: lab.carol.toLowerCase(), amount: parseEther("20").toString() },
    ]);
    const voter = await voterOf(lab.author);
    const owed = await lab.chain.read({ to: contest, abi: contestAbi, functionName: "creditOf", args: [lab.author] });
    expect([voter.credits, owed]).toEqual([[], 0n]);
    expect(voter.funded).toBe("0");
    expect((await ranking()).rows[0]).toMatchObject({
      entryId: 1,
      rank: 1,
      prize: parseEther("30").toString(),
    });
  });

  test("what happened comes in stable pages, by entry and by account too", async () => {
    const client = await asking();
    const whole = await client.activity({ contest, limit: 200 });
    const paged = await Array.fromAsync(
      everyItem((before: string | undefined) => client.activity({ contest, limit: 3, before })),
    );
    expect(paged).toEqual(whole.items);
    expect(whole.items.map(({ kind }) => kind).slice(0, 4)).toEqual(["claimed", "claimed", "finalized", "counted"]);
    const own = await client.activity({ contest, entry: 1, account: lab.alice });
    expect(own.items.map(({ kind }) => kind)).toEqual(["withdrew", "dropped"]);
  });

  test("what is not there is 404, with a sentence", async () => {
    for (const path of [`/v1/contests/0x${"34".repeat(20)}/ranking`, `/v1/contests/${contest}/entries/9`, "/v2"]) {
      const response = await fetch(`${indexer.url}${path}`);
      expect(response.status).toBe(404);
      expect(errorAnswer.parse(await response.json()).error.message).not.toBe("");
    }
  });

  test("any page may read it", async () => {
    const response = await fetch(`${indexer.url}/v1/nodes`, { headers: { origin: "https://example.com" } });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const stream = await fetch(`${indexer.url}/v1/events`, { headers: { origin: "https://example.com" } });
    expect(stream.headers.get("access-control-allow-origin")).toBe("*");
    await stream.body?.cancel();
  });
});
