import { type Abi, type Address, type Hex, keccak256, parseEther, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { contestAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import { panelArbitratorAbi } from "#protocol/arbitrationAbi.ts";
import { proveBlock } from "#protocol/blockProof.ts";
import { toBytes32 } from "#protocol/hashing.ts";
import { hashFile } from "#protocol/piecesRoot.ts";
import {
  type Attestation,
  epochAt,
  nodesDomain,
  nodeTypes,
  type Order,
  type OrderKind,
  ordersDomain,
  orderTypes,
  permitTypes,
  type Receipt,
} from "#protocol/typedData.ts";
import { nodeHashing } from "../../../inference-node/models/nodeHashing.ts";
import { compileSolidity } from "../../support/compileSolidity.ts";
import { createContestLab, freshAddress, LAB_START, LAB_TIMES } from "../../support/contestLab.ts";
import { compiled } from "../../support/simulatedChain.ts";

/** Entries in each of the two contests: 1 undisturbed, 2 challenged, 3 removed while voting was open. */
export const ENTRIES = 3;
export const ENTRY_IDS = [1n, 2n, 3n] as const;
/** What `voter` signed for others to carry, on entry 1: a drop with nonce 0, a withdrawal with nonce 1. */
export const SIGNED_AMOUNT = parseEther("1");
export const EXTRA_DATA = "0x03";
/** Court, jurors, kit: what `KlerosArbitrator` passes on. */
export const KLEROS_EXTRA = `0x${[1, 3, 1].map((word) => word.toString(16).padStart(64, "0")).join("")}` as Hex;
const CHAIN = { chainId: 31337 } as const;
const END = BigInt(LAB_START) * 2n;
const PANEL_FEE = parseEther("0.01");

const voterKey = privateKeyToAccount(keccak256(toHex("voter")));
const nodeKey = privateKeyToAccount(keccak256(toHex("node's key")));
const liarKey = privateKeyToAccount(keccak256(toHex("liar's key")));
const stray = privateKeyToAccount(keccak256(toHex("nobody's key")));

export type PowersWorld = Awaited<ReturnType<typeof createPowersWorld>>;

/**
 * Every contract of the house with everybody in it, and hands that take it from phase to phase. Both contests, one for
 * coins and one for persons, go through the same.
 */
export async function createPowersWorld() {
  const lab = await createContestLab();
  const { chain, coin } = lab;
  const deployer = lab.organiser;
  const organiser = chain.accounts[1] ?? deployer;
  let made = 88_000;
  const newcomer = () => chain.impersonate(freshAddress(++made));

  const court = await chain.deploy(compileSolidity("TestKleros.sol", "TestKlerosCore"), [], deployer);
  const templates = await chain.deploy(compileSolidity("TestKleros.sol", "TestTemplateRegistry"), [], deployer);
  const member = await newcomer();
  const colleagues = [await newcomer(), await newcomer()] as const;
  const panel = await chain.deploy(
    compiled("contracts/arbitration/PanelArbitrator.sol/PanelArbitrator"),
    [[member, ...colleagues], 2n, PANEL_FEE],
    deployer,
  );
  const klerosCode = compiled("contracts/arbitration/KlerosArbitrator.sol/KlerosArbitrator");
  const kleros = await chain.deploy(klerosCode, [court, templates, "{}", ""], deployer);
  const registry = await chain.deploy(
    compiled("contracts/nodes/NodeRegistry.sol/NodeRegistry"),
    [coin, lab.factory, parseEther("200"), parseEther("0.005")],
    deployer,
  );
  const lensCode = compileSolidity("PowersLens.sol", "PowersLens");
  const lens = await chain.deploy(lensCode, [], deployer);
  const proberCode = compileSolidity("PowersLens.sol", "PowersProber");
  const probing = await chain.deploy(proberCode, [], deployer);
  const prober = (await chain.provider.request({ method: "eth_getCode", params: [probing, "latest"] })) as Hex;

  /** Everybody who tries, and as what. Two who are the same thing have one word. */
  const callers: readonly { readonly role: string; readonly account: Address }[] = [
    { role: "organiser", account: organiser },
    { role: "deployer", account: deployer },
    { role: "arbitrator", account: await chain.impersonate(panel) },
    { role: "personhood adapter", account: await chain.impersonate(lab.personhood) },
    { role: "KlerosCore", account: await chain.impersonate(court) },
    { role: "author", account: await newcomer() },
    { role: "author", account: await newcomer() },
    { role: "voter", account: await chain.impersonate(voterKey.address) },
    { role: "person", account: await newcomer() },
    { role: "funder", account: await newcomer() },
    { role: "challenger", account: await newcomer() },
    { role: "panel member", account: member },
    { role: "node", account: await newcomer() },
    { role: "node", account: await newcomer() },
    { role: "relayer", account: await newcomer() },
    { role: "stranger", account: await newcomer() },
  ];
  const account = (role: string, which = 0): Address => {
    const found = callers.filter((caller) => caller.role === role)[which];
    if (found === undefined) throw new Error(`nobody here is a ${role}`);
    return found.account;
  };
  /** Not among the callers: a third author, whose entry is removed, and a node that signed what is not so. */
  const removedAuthor = await newcomer();
  const liar = await newcomer();
  const watched = [...callers.map((caller) => caller.account), removedAuthor, liar, ...colleagues];

  const rules = {
    arbitrator: panel,
    arbitratorExtraDataHash: keccak256(EXTRA_DATA),
    rulingTimeout: 86_400,
    split: lab.openRules.split,
  } as const;
  const contests: Address[] = [];
  for (const own of [lab.openRules, lab.personRules]) contests.push((await lab.create({ ...own, ...rules })).contest);

  for (const holder of watched) {
    for (const spender of [...contests, registry]) await lab.equip(holder, spender, parseEther("1000"));
  }

  const domain = nodesDomain({ ...CHAIN, verifyingContract: registry });
  const keyOf = (node: Address) => privateKeyToAccount(keccak256(node));
  const proveKey = (key: typeof stray, node: Address) =>
    key.signTypedData({ domain, types: nodeTypes, primaryType: "NodeKey", message: { node } });
  const node = account("node");
  const leaver = account("node", 1);
  for (const [who, key] of [[node, nodeKey] as const, [liar, liarKey] as const, [leaver, keyOf(leaver)] as const]) {
    await chain.write({
      from: who,
      to: registry,
      abi: nodeRegistryAbi,
      functionName: "register",
      args: ["https://node.example", key.address, await proveKey(key, who), parseEther("200")],
    });
  }

  const file = new Uint8Array(20_000).fill(7);
  const hashed = await hashFile([file], nodeHashing);
  const answer = await proveBlock([file], 0, nodeHashing.sha256);
  const hashesOf = (entryId: bigint) => ({
    manifestHash: keccak256(toHex(`manifest ${entryId}`)),
    modelSha256: toBytes32(hashed.sha256),
    modelRoot: toBytes32(hashed.piecesRoot),
  });
  const inputOf = (entryId: bigint) => ({
    ...hashesOf(entryId),
    modelSize: file.length,
    manifestURI: "https://node.example/entry.json",
  });

  /** What a node says about an entry at `time`, signed by `key`. */
  async function attested(who: Address, key: typeof stray, entryId: bigint, changed: Partial<Attestation> = {}) {
    const said = {
      node: who,
      contest: contests[0] ?? never(),
      entryId,
      engine: keccak256("0x"),
      epoch: epochAt(LAB_START + now),
      ...hashesOf(entryId),
      ...changed,
    };
    return [
      said,
      await key.signTypedData({ domain, types: nodeTypes, primaryType: "Attestation", message: said }),
    ] as const;
  }

  async function receipt(who: Address, key: typeof stray, entryId: bigint, changed: Partial<Receipt> = {}) {
    const { manifestHash, modelRoot } = hashesOf(entryId);
    const zero = keccak256("0x00");
    const said = {
      node: who,
      client: account("stranger"),
      contest: contests[0] ?? never(),
      entryId,
      manifestHash,
      modelRoot,
      epoch: epochAt(LAB_START + now),
      nonce: 7n,
      requestHash: zero,
      responseHash: zero,
      paramsHash: zero,
      seed: 1n,
      promptTokens: 1,
      outputTokens: 1,
      firstTokenMs: 1,
      totalMs: 1,
      ...changed,
    };
    return [
      said,
      await key.signTypedData({ domain, types: nodeTypes, primaryType: "Receipt", message: said }),
    ] as const;
  }

  async function order(contest: Address, kind: OrderKind, message: Partial<Order> & { nonce: bigint }, key = voterKey) {
    const whole = { voter: voterKey.address, entryId: 1n, amount: SIGNED_AMOUNT, deadline: END, ...message };
    const signature = await key.signTypedData({
      domain: ordersDomain({ ...CHAIN, verifyingContract: contest }),
      types: orderTypes,
      primaryType: kind,
      message: whole,
    });
    return { kind: kind === "Drop" ? 0 : 1, ...whole, signature };
  }

  /** The voter's permit: `spender` may take `value`. */
  async function permit(spender: Address, value: bigint, key = voterKey) {
    const signature = await key.signTypedData({
      domain: { name: "Coindrop demo coin", version: "1", ...CHAIN, verifyingContract: coin },
      types: permitTypes,
      primaryType: "Permit",
      message: { owner: voterKey.address, spender, value, nonce: 0n, deadline: END },
    });
    return { v: Number(`0x${signature.slice(130)}`), r: signature.slice(0, 66), s: `0x${signature.slice(66, 130)}` };
  }

  /** Seconds after `LAB_START`. */
  let now = 0;
  async function goTo(time: number) {
    now = time;
    await chain.mineAt(LAB_START + time);
  }

  type Said = { from: Address; to: Address; abi: Abi; functionName: string; args: readonly unknown[]; value?: bigint };
  const write = (said: Said) => chain.write(said as never);
  const inContest = (from: Address, to: Address, functionName: string, args: readonly unknown[], value = 0n) =>
    write({ from, to, abi: contestAbi, functionName, args, value });
  const inPanel = (from: Address, functionName: string, args: readonly unknown[], value = 0n) =>
    write({ from, to: panel, abi: panelArbitratorAbi, functionName, args, value });

  /** Has no code when its disputes are ruled on, and some afterwards. */
  const lateArbitrable = await newcomer();

  const enter = {
    async upcoming() {
      const atKleros = { to: kleros, abi: klerosCode.abi };
      const fee = parseEther("0.006");
      await inPanel(lateArbitrable, "createDispute", [2n, "0x"], PANEL_FEE); // 0: ruled, not delivered
      await inPanel(lateArbitrable, "createDispute", [2n, "0x"], PANEL_FEE); // 1: half voted
      for (const voting of [member, colleagues[0]]) await inPanel(voting, "vote", [0n, 1n, "because"]);
      await inPanel(colleagues[0], "vote", [1n, 1n, "because"]);
      for (let disputes = 0; disputes < 2; disputes += 1) {
        await write({
          ...atKleros,
          from: lateArbitrable,
          functionName: "createDispute",
          args: [2n, KLEROS_EXTRA],
          value: fee,
        });
      }
      await write({ ...atKleros, from: court, functionName: "rule", args: [0n, 1n] });
      await chain.provider.request({ method: "hardhat_setCode", params: [lateArbitrable, "0x00"] });
      await goTo(500);
    },

    async entry() {
      await goTo(LAB_TIMES.entriesOpen);
      const [, persons] = contests;
      if (persons === undefined) return never();
      const authors = [account("author"), account("author", 1), removedAuthor];
      for (const bound of authors) await lab.bind(persons, bound);
      for (const contest of contests) {
        for (const [place, author] of authors.entries()) {
          await inContest(author, contest, "submit", [inputOf(BigInt(place + 1)), lab.openRules.declarationHash]);
        }
      }
    },

    async voting() {
      await goTo(60_000);
      const [, persons] = contests;
      if (persons === undefined) return never();
      const amounts = [parseEther("4"), parseEther("3"), parseEther("2")];
      const [first, second, third] = ENTRY_IDS;
      for (const contest of contests) {
        await inContest(account("funder"), contest, "fund", [parseEther("100")]);
        await inContest(account("voter"), contest, "dropMany", [ENTRY_IDS, amounts]);
        // Shown to be a person between two drops: the first is still to be reweighed.
        await inContest(account("person"), contest, "drop", [second, amounts[1]]);
        if (contest === persons) await lab.bind(persons, account("person"));
        await inContest(account("person"), contest, "dropMany", [
          [first, third],
          [amounts[0], amounts[2]],
        ]);
      }
      await goTo(150_000);
      const challenger = account("challenger");
      for (const [place, contest] of contests.entries()) {
        await inContest(challenger, contest, "challenge", [3n, "ipfs://why", EXTRA_DATA], PANEL_FEE);
        for (const voting of [member, colleagues[0]])
          await inPanel(voting, "vote", [BigInt(2 + place), 2n, "so it is"]);
      }
      await goTo(190_000);
      for (const contest of contests) {
        await inContest(challenger, contest, "challenge", [2n, "ipfs://why", EXTRA_DATA], PANEL_FEE);
      }
      for (const dispute of [4n, 5n]) await inPanel(colleagues[0], "vote", [dispute, 2n, "so it is"]);
      const [said, signature] = await attested(node, nodeKey, 1n);
      await write({
        from: challenger,
        to: registry,
        abi: nodeRegistryAbi,
        functionName: "challengeBlock",
        args: [said, signature, hashesOf(1n), 0n],
        value: parseEther("1"),
      });
      await write({ from: leaver, to: registry, abi: nodeRegistryAbi, functionName: "leave", args: [] });
      await goTo(200_000);
    },

    counting: () => goTo(360_000),

    async unchallenged() {
      for (const contest of contests) await inContest(account("stranger"), contest, "lapse", [2n]);
    },

    async counted() {
      for (const contest of contests) await inContest(account("stranger"), contest, "count", [10n]);
    },

    async final() {
      for (const contest of contests) await inContest(account("stranger"), contest, "finalize", []);
      await goTo(900_000);
    },
  };

  return {
    lab,
    chain,
    coin,
    contests,
    registry,
    panel,
    kleros,
    lens,
    lensAbi: lensCode.abi,
    prober,
    proberAbi: proberCode.abi,
    callers,
    watched,
    account,
    liar,
    panelFee: PANEL_FEE,
    /** Who holds stakes. */
    voters: [account("voter"), account("person")],
    answer,
    hashesOf,
    inputOf,
    keyOf,
    keys: { voter: voterKey, node: nodeKey, liar: liarKey, stray },
    end: END,
    proveKey,
    attested,
    receipt,
    order,
    permit,
    enter,
    /** One contract an artifact: where calls to it go. */
    at: {
      Contest: contests,
      ContestFactory: [lab.factory],
      DemoCoin: [coin],
      KlerosArbitrator: [kleros],
      NodeRegistry: [registry],
      PanelArbitrator: [panel],
      AttestedPersonhood: [lab.personhood],
    } as Readonly<Record<string, readonly Address[]>>,
  };
}

function never(): never {
  throw new Error("the world is not whole");
}
