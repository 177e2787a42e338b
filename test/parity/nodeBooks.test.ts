/** The auditor's fold of a registry's events is what the registry says and holds, after random histories. */

import fc from "fast-check";
import {
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type Hex,
  keccak256,
  parseEther,
  toHex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { demoCoinAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import { proveBlock } from "#protocol/blockProof.ts";
import { type Attestation, epochAt, nodeTypes, type Receipt } from "#protocol/typedData.ts";
import { nodeHashing } from "../../inference-node/models/nodeHashing.ts";
import { registryEventsOf } from "../../scripts/audit/readRegistryEvents.ts";
import { recountRegistry } from "../../scripts/audit/recountRegistry.ts";
import type { RegistryEvent } from "../../scripts/audit/registryEvent.ts";
import { registryOwed } from "../../scripts/audit/registryOwed.ts";
import { NATIVE } from "../../scripts/audit/registryRules.ts";
import { type ContestLab, createContestLab, freshAddress } from "../support/contestLab.ts";
import { createRegistryLab, type FileEntry, REGISTRY_LAB_TIME } from "../support/registryLab.ts";
import { RevertedError } from "../support/simulatedChain.ts";

const MIN_STAKE = parseEther("200");
const MIN_BOND = parseEther("0.005");
const BLOCK = 16_384;
const HOUR = 3_600;

type Step =
  | { readonly kind: "wait"; readonly hours: number }
  | { readonly kind: "addStake"; readonly who: number; readonly wei: bigint }
  | { readonly kind: "attest"; readonly who: number; readonly entry: number }
  | { readonly kind: "lie"; readonly who: number; readonly what: number; readonly receipt: boolean }
  | {
      readonly kind: "ask";
      readonly who: number;
      readonly entry: number;
      readonly block: number;
      readonly over: bigint;
    }
  | { readonly kind: "answer" | "expire"; readonly which: number }
  | { readonly kind: "leave" | "collect"; readonly who: number };

type ViewName = ContractFunctionName<typeof nodeRegistryAbi, "view" | "pure">;

/** One of everything, so that no seed misses a kind. */
const everything: Step[] = [
  { kind: "attest", who: 0, entry: 0 },
  { kind: "ask", who: 0, entry: 0, block: 1, over: 3n },
  { kind: "answer", which: 0 },
  { kind: "ask", who: 0, entry: 1, block: 0, over: 0n },
  { kind: "wait", hours: 25 },
  { kind: "expire", which: 0 },
  { kind: "lie", who: 0, what: 0, receipt: false },
  { kind: "addStake", who: 0, wei: 7n },
  { kind: "lie", who: 0, what: 1, receipt: true },
  { kind: "collect", who: 2 },
  { kind: "leave", who: 1 },
  { kind: "wait", hours: 169 },
  { kind: "collect", who: 1 },
];

const who = fc.nat(2);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("wait" as const), hours: fc.constantFrom(1, 5, 25, 25, 169) }),
    fc.record({ kind: fc.constant("addStake" as const), who, wei: fc.bigInt({ min: 0n, max: 3n * MIN_STAKE }) }),
    fc.record({ kind: fc.constant("attest" as const), who, entry: fc.nat(1) }),
    fc.record({ kind: fc.constant("lie" as const), who, what: fc.nat(3), receipt: fc.boolean() }),
    fc.record({ kind: fc.constant("ask" as const), who, entry: fc.nat(1), block: fc.nat(2), over: fc.bigInt(0n, 9n) }),
    fc.record({ kind: fc.constantFrom("answer" as const, "expire" as const), which: fc.nat(4) }),
    fc.record({ kind: fc.constant("expire" as const), which: fc.nat(4) }),
    fc.record({ kind: fc.constantFrom("leave" as const, "collect" as const), who: fc.nat(3) }),
    fc.record({ kind: fc.constant("collect" as const), who: fc.nat(3) }),
  ),
  { minLength: 15, maxLength: 40 },
);

describe("the auditor's books of the nodes", () => {
  let lab: ContestLab;
  let house: Awaited<ReturnType<typeof createRegistryLab>>;
  let files: readonly (FileEntry & { readonly content: Uint8Array })[];
  let now = REGISTRY_LAB_TIME + 1_000;
  let players = 0;

  beforeAll(async () => {
    lab = await createContestLab();
    house = await createRegistryLab(lab);
    files = [await fileOf(3 * BLOCK - 7), await fileOf(40)];
  });
  afterAll(() => lab?.chain.close());

  it("are the registry's own, in every figure and in both coins", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        await play(history);
        const { events, times } = await told();
        await expectAgreement(events, times);
      }),
      { numRuns: 12, endOnFailure: true, examples: [[everything]] },
    );
    const { events } = await told();
    const kinds = new Set(events.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(
      [
        ...["answered", "attested", "burned", "challenged", "collected", "credited", "expired"],
        ...["keyAdded", "leaving", "registered", "slashed", "stakeSet"],
      ].sort(),
    );
    const faults = new Set(events.flatMap((event) => (event.kind === "slashed" ? [event.fault] : [])));
    expect(faults).toEqual(new Set([0, 1, 2]));
  });

  it("notice each event that is left out, but for attestations and a top-up before another", async () => {
    const { events, times } = await told();
    const whole = figuresOf(fold(events, times));
    const unnoticed = events.filter((left) => {
      const counted = fold(
        events.filter((event) => event !== left),
        times,
      );
      return counted.broken.length === 0 && figuresOf(counted) === whole;
    });
    const odd = unnoticed.filter((left) => {
      if (left.kind === "attested") return false;
      const later = events.slice(events.indexOf(left) + 1);
      return !(
        left.kind === "stakeSet" && later.some((event) => event.kind === "stakeSet" && event.node === left.node)
      );
    });
    expect(odd).toEqual([]);
    expect(events.length - unnoticed.length).toBeGreaterThan(100);
  });

  async function fileOf(size: number) {
    const content = Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255);
    return { ...(await house.submitFile(content)), content };
  }

  /** Two nodes of this history alone, a stranger that is no node, and whoever asks for blocks. */
  async function play(history: readonly Step[]): Promise<void> {
    players += 1;
    const accounts: Address[] = [];
    for (const one of [0, 1, 2, 3])
      accounts.push(await lab.chain.impersonate(freshAddress(80_000 + players * 10 + one)));
    const keys = accounts.map((account) => privateKeyToAccount(keccak256(account)));
    for (const index of [0, 1]) await register(accounts[index] as Address, keys[index] as never);
    for (const step of history) {
      try {
        await take(step, accounts, keys);
      } catch (error) {
        if (!(error instanceof RevertedError)) throw error;
      }
    }
  }

  async function register(node: Address, key: ReturnType<typeof privateKeyToAccount>): Promise<void> {
    await lab.equip(node, house.registry, parseEther("10000"));
    const message = { domain: house.domain, types: nodeTypes, primaryType: "NodeKey", message: { node } } as const;
    const args = ["https://node.example", key.address, await key.signTypedData(message), MIN_STAKE + 7n] as const;
    await lab.chain.write({ ...house.on(node), functionName: "register", args });
  }

  async function take(step: Step, accounts: Address[], keys: ReturnType<typeof privateKeyToAccount>[]): Promise<void> {
    const { chain } = lab;
    const at = (index: number) => accounts[index] as Address;
    switch (step.kind) {
      case "wait":
        now += step.hours * HOUR;
        return chain.mineAt(now);
      case "addStake":
        await chain.write({ ...house.on(at(step.who)), functionName: "addStake", args: [step.wei] });
        return;
      case "leave":
      case "collect":
        await chain.write({ ...house.on(at(step.who)), functionName: step.kind, args: [] });
        return;
      case "attest": {
        const { said, signature } = await attestation(step.who, files[step.entry] as FileEntry);
        await chain.write({ ...house.on(at(3)), functionName: "attest", args: [[said], [signature]] });
        return;
      }
      case "lie": {
        const entry = files[0] as FileEntry;
        const modelRoot = keccak256(toHex(step.what));
        if (step.receipt) {
          const said = receipt(at(step.who), { ...entry.hashes, modelRoot });
          const message = { domain: house.domain, types: nodeTypes, primaryType: "Receipt", message: said } as const;
          const signature = await (keys[step.who] as (typeof keys)[0]).signTypedData(message);
          await chain.write({
            ...house.on(at(3)),
            functionName: "slashReceipt",
            args: [said, signature, entry.hashes],
          });
          return;
        }
        const { said, signature } = await attestation(step.who, entry, modelRoot);
        const args = [said, signature, entry.hashes] as const;
        await chain.write({ ...house.on(at(3)), functionName: "slashAttestation", args });
        return;
      }
      case "ask": {
        const entry = files[step.entry] as FileEntry;
        const { said, signature } = await attestation(step.who, entry);
        const args = [said, signature, entry.hashes, BigInt(step.block)] as const;
        const bond = await chain.read({ ...house.on(at(3)), to: house.registry, functionName: "blockBond", args: [] });
        await chain.write({ ...house.on(at(2)), functionName: "challengeBlock", args, value: bond * 2n + step.over });
        return;
      }
      case "answer":
      case "expire": {
        const count = await view("challengeCount", []);
        if (count === 0n) return;
        const id = count - (BigInt(step.which) % count);
        if (step.kind === "expire") {
          await chain.write({ ...house.on(at(3)), functionName: "expireBlock", args: [id] });
          return;
        }
        const asked = await view("challengeOf", [id]);
        const content = files[asked.entryId - 1]?.content ?? new Uint8Array(1);
        const { data, path } = await proveBlock([content], asked.index, nodeHashing.sha256);
        await chain.write({ ...house.on(at(3)), functionName: "answerBlock", args: [id, data, path] });
        return;
      }
    }

    /** What the node says about the entry, true but for the root where one is named; lies are the same in every hour. */
    async function attestation(index: number, { entryId, hashes }: FileEntry, modelRoot?: Hex) {
      const epoch = epochAt(modelRoot === undefined ? now : REGISTRY_LAB_TIME);
      const node = at(index);
      const said: Attestation = { node, contest: house.contest, entryId, engine: keccak256("0x"), epoch, ...hashes };
      const message = modelRoot === undefined ? said : { ...said, modelRoot };
      const key = keys[index] as (typeof keys)[0];
      const signing = { domain: house.domain, types: nodeTypes, primaryType: "Attestation", message } as const;
      return { said: message, signature: await key.signTypedData(signing) };
    }
  }

  function receipt(node: Address, { manifestHash, modelRoot }: { manifestHash: Hex; modelRoot: Hex }): Receipt {
    const zero = keccak256("0x");
    return {
      ...{ node, client: node, contest: house.contest, entryId: 1n, manifestHash, modelRoot, epoch: 1n, nonce: 1n },
      ...{ requestHash: zero, responseHash: zero, paramsHash: zero, seed: 1n },
      ...{ promptTokens: 1, outputTokens: 1, firstTokenMs: 1, totalMs: 1 },
    };
  }

  async function told() {
    const Logs = z.array(
      z.object({
        topics: z.array(z.string()),
        data: z.string(),
        blockNumber: z.coerce.number(),
        logIndex: z.coerce.number(),
      }),
    );
    const params = [{ address: house.registry, fromBlock: "0x0", toBlock: "latest" }];
    const logs = Logs.parse(await lab.chain.provider.request({ method: "eth_getLogs", params }));
    const events = registryEventsOf(logs.map((log) => ({ ...log, index: log.logIndex })));
    const times = new Map<number, bigint>();
    for (const { block } of events) {
      if (times.has(block)) continue;
      const header = await lab.chain.provider.request({
        method: "eth_getBlockByNumber",
        params: [toHex(block), false],
      });
      times.set(block, BigInt(z.object({ timestamp: z.string() }).parse(header).timestamp));
    }
    return { events, times };
  }

  function fold(events: readonly RegistryEvent[], times: ReadonlyMap<number, bigint>) {
    const coin = lab.coin.toLowerCase();
    const rules = { coin, factory: lab.factory.toLowerCase(), minStake: MIN_STAKE, minBlockBond: MIN_BOND };
    return recountRegistry(events, rules, (block) => times.get(block));
  }

  async function expectAgreement(events: readonly RegistryEvent[], times: ReadonlyMap<number, bigint>) {
    const counted = fold(events, times);
    expect(counted.broken).toEqual([]);
    for (const { node, stake, leavesAt, openChallenges } of counted.nodes.values()) {
      const kept = await view("nodeOf", [node as Address]);
      const isActive = stake >= MIN_STAKE && leavesAt === 0n;
      expect([kept.stake, BigInt(kept.leavesAt), kept.openChallenges, kept.active]).toEqual([
        ...[stake, leavesAt, openChallenges, isActive],
      ]);
    }
    for (const { account, token, amount } of counted.credits)
      expect(await view("creditOf", [account as Address, token as Address])).toBe(amount);
    for (const { id, state, bond } of counted.challenges.values()) {
      const kept = await view("challengeOf", [id]);
      expect([kept.answerBy !== 0, kept.bond]).toEqual([state === "open", state === "open" ? bond : 0n]);
    }
    for (const [digest, isPunished] of counted.statements)
      expect(await view("isPunished", [digest as Hex])).toBe(isPunished);
    expect(await view("unburned", [])).toBe(counted.unburned);

    const owed = registryOwed(counted);
    const args = [house.registry] as const;
    const coins = await lab.chain.read({ to: lab.coin, abi: demoCoinAbi, functionName: "balanceOf", args });
    const native = await lab.chain.provider.request({ method: "eth_getBalance", params: [house.registry, "latest"] });
    expect(coins).toBe(owed.coin.total);
    expect(BigInt(z.string().parse(native))).toBe(owed.native.total);
    const dead = "0x000000000000000000000000000000000000dEaD" as const;
    const gone = await lab.chain.read({ to: lab.coin, abi: demoCoinAbi, functionName: "balanceOf", args: [dead] });
    expect(counted.burned).toBe(gone);
  }

  function view<N extends ViewName>(
    functionName: N,
    args: ContractFunctionArgs<typeof nodeRegistryAbi, "view" | "pure", N>,
  ): Promise<ContractFunctionReturnType<typeof nodeRegistryAbi, "view" | "pure", N>> {
    return lab.chain.read({ to: house.registry, abi: nodeRegistryAbi, functionName, args });
  }
});

/** What the registry and both coins can be asked about, as one text. */
function figuresOf({
  nodes,
  keys,
  challenges,
  credits,
  statements,
  unburned,
}: ReturnType<typeof recountRegistry>): string {
  const asked = [...nodes.values()].map((one) => [one.node, one.stake, one.leavesAt, one.openChallenges, one.endpoint]);
  const owed = credits
    .filter(({ amount }) => amount !== 0n)
    .map((one) => [one.account, one.token === NATIVE, one.amount]);
  const open = [...challenges.values()].filter(({ state }) => state === "open").map(({ id, bond }) => [id, bond]);
  const all = [asked.sort(), [...keys].sort(), challenges.size, open, owed.sort(), [...statements].sort(), unburned];
  return JSON.stringify(all, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
