import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Hex } from "viem";
import { keccak256, parseEther } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { bareHex, toBytes32 } from "#protocol/hashing.ts";
import type { ServeOptions } from "../../../indexer/serve.ts";
import { serve } from "../../../indexer/serve.ts";
import { createContestLab, LAB_TIMES } from "../../support/contestLab.ts";
import { manifestFileOf } from "../../support/manifestFileOf.ts";
import { addPanel } from "../../support/panelLab.ts";
import { createRegistryLab } from "../../support/registryLab.ts";
import { startRpcServer } from "../../support/rpcServer.ts";

/**
 * One contest with something of everything that an indexer can tell: entry 1 with a manifest that is there, stakes on it,
 * entry 2 challenged, a node that attests, lost stake for a lie and is asked for a block.
 */
export async function createFullLab() {
  const lab = await createContestLab();
  const { chain } = lab;
  const panel = await addPanel(lab);
  const node = await createRegistryLab({ ...lab, openRules: { ...lab.openRules, ...panel.ruled } });
  const [, , alice = lab.organiser, bob = lab.organiser] = chain.accounts;
  for (const wallet of [alice, bob]) await lab.equip(wallet, node.contest);
  const folder = mkdtempSync(join(tmpdir(), "coindrop-full-"));

  const model = new TextEncoder().encode("a model");
  const draft = JSON.parse(
    readFileSync(new URL("../../../scripts/demo/entries/haiku.json", import.meta.url), "utf8"),
  ) as Record<string, unknown>;
  const file = await manifestFileOf(model);
  const text = canonicalBytes({ ...draft, version: 1, files: [file] });
  const manifestHash = toBytes32(createHash("sha256").update(text).digest());
  const library = createServer((request, response) => {
    const isThere = request.url === `/manifests/${bareHex(manifestHash)}`;
    response.writeHead(isThere ? 200 : 404).end(isThere ? text : "");
  });
  await new Promise<void>((resolve) => library.listen(0, "127.0.0.1", resolve));
  const manifestBase = `http://127.0.0.1:${(library.address() as AddressInfo).port}`;

  const hashes = { manifestHash, modelSha256: `0x${file.sha256}`, modelRoot: `0x${file.piecesRoot}` } as const;
  const input = { ...hashes, modelSize: model.length, manifestURI: "https://node.example/haiku.json" };
  await chain.write({
    ...{ from: bob, to: node.contest, abi: contestAbi, functionName: "submit" },
    args: [input, lab.openRules.declarationHash],
  } as never);
  await node.submitFile(new TextEncoder().encode("another model"));
  const first = { entryId: 1n, hashes };
  const lie = await node.attest(first, { modelRoot: keccak256("0x11") });
  await chain.write({
    ...node.on(node.challenger),
    functionName: "slashAttestation",
    args: [lie.said, lie.signature, hashes],
  });
  // It lost everything, and goes on with as much again.
  await chain.write({ ...node.on(node.node), functionName: "addStake", args: [parseEther("200")] });
  await node.challenge(first, 0);
  const truth = await node.attest(first);
  await chain.write({ ...node.on(node.node), functionName: "attest", args: [[truth.said], [truth.signature]] });
  await lab.at(LAB_TIMES.votesOpen);
  const drop = (wallet: typeof alice, entryId: number, coins: string) =>
    chain.write({
      from: wallet,
      to: node.contest,
      abi: contestAbi,
      functionName: "drop",
      args: [BigInt(entryId), parseEther(coins)],
    });
  for (const coins of ["1", "2", "3"]) await drop(alice, 1, coins);
  await drop(bob, 2, "4");
  await panel.challenge(node.contest, alice, 2);

  const rpc = await startRpcServer(chain.provider);
  const options: ServeOptions = {
    rpcUrls: [rpc.url],
    factory: lab.factory.toLowerCase() as Hex,
    nodeRegistry: node.registry.toLowerCase() as Hex,
    file: join(folder, "indexer.sqlite"),
    ...{ host: "127.0.0.1", port: 0, fromBlock: 0, finalityDepth: 1, pollMs: 20 },
    ...{ manifestBases: [manifestBase], allowPrivate: true },
    log: pino({ level: "silent" }),
  };
  return {
    contest: node.contest.toLowerCase() as Hex,
    alice: alice.toLowerCase() as Hex,
    drop,
    rpc,
    serve: (more: Partial<ServeOptions> = {}) => serve({ ...options, ...more }),
    headNumber: async () => Number(await chain.provider.request({ method: "eth_blockNumber" })),
    async close(): Promise<void> {
      await rpc.close();
      await chain.close();
      library.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
