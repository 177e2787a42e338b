import { type Address, keccak256, parseEther, toHex } from "viem";
import { LAB_START } from "../../support/contestLab.ts";
import { ENTRY_IDS, EXTRA_DATA, KLEROS_EXTRA, type PowersWorld, SIGNED_AMOUNT } from "./powersWorld.ts";

/** One way to call a function. */
export type Try = {
  readonly args: readonly unknown[];
  /** Wei of the chain's own coin. */
  readonly value?: bigint;
  /** What the voter signed for it, in wei of its stake on entry 1: carrying it may do that or nothing. */
  readonly signed?: bigint;
};

/** How `me` would try it on the contract at `at`: what is `me`'s own to do, and what would harm others. */
type Tries = (world: PowersWorld, me: Address, at: Address) => Promise<readonly Try[]> | readonly Try[];

const ONE = parseEther("1");
const ALL = 2n ** 256n - 1n;
const each = (...values: readonly (readonly unknown[])[]) => values.map((args): Try => ({ args }));
const eachEntry = (...rest: readonly unknown[]) => each(...ENTRY_IDS.map((entryId) => [entryId, ...rest]));
const RULINGS = [0n, 1n, 2n, 99n] as const;

/** By contract and function. A function of any contract that stands neither here nor among the views fails the walk. */
export const TRIES: Readonly<Record<string, Tries>> = {
  "Contest.submit": ({ inputOf, lab }) =>
    each([inputOf(1n), lab.openRules.declarationHash], [inputOf(1n), keccak256("0x")]),
  "Contest.retract": () => eachEntry(),
  "Contest.challenge": ({ panelFee }) => [
    ...eachEntry("ipfs://why", EXTRA_DATA).map((bare) => ({ ...bare, value: panelFee })),
    ...each([1n, "ipfs://why", EXTRA_DATA]),
  ],
  "Contest.submitEvidence": () => each([1n, "ipfs://more"], [2n, "ipfs://more"]),
  "Contest.rule": () => each(...[2n, 3n, 4n, 5n].flatMap((dispute) => RULINGS.map((ruling) => [dispute, ruling]))),
  "Contest.lapse": () => eachEntry(),
  "Contest.releaseBond": () => eachEntry(),
  "Contest.bind": async ({ lab, account }, me, at) =>
    each([await lab.personProof(at, me)], [await lab.personProof(at, account("person"))], ["0x"]),
  "Contest.drop": () => eachEntry(ONE),
  "Contest.dropWithPermit": async ({ permit, end }, _me, at) => {
    const { v, r, s } = await permit(at, parseEther("900"));
    return each([1n, ONE, end, v, r, s], [2n, parseEther("900"), end, v, r, s]);
  },
  "Contest.dropMany": () =>
    each(
      [ENTRY_IDS, [ONE, ONE, ONE]],
      [
        [1n, 2n],
        [ONE, ONE],
      ],
      [[1n], [ONE, ONE]],
    ),
  "Contest.withdraw": () => [...eachEntry(ONE), ...eachEntry(parseEther("4")), ...eachEntry(ALL)],
  "Contest.withdrawMany": () => each([ENTRY_IDS], [[1n, 1n]], [[3n]]),
  "Contest.move": () => each([1n, 2n, ONE], [2n, 1n, parseEther("3")], [3n, 1n, ONE], [1n, 3n, ONE], [1n, 2n, ALL]),
  "Contest.reweigh": () => each([[1n, 2n]], [[3n]]),
  "Contest.carry": async ({ order, keys, account }, me, at) => {
    const drop = await order(at, "Drop", { nonce: 0n });
    const withdraw = await order(at, "Withdraw", { nonce: 1n });
    const person = await order(at, "Withdraw", { nonce: 2n, voter: account("person") }, keys.stray);
    return [
      { args: [[drop]], signed: SIGNED_AMOUNT },
      { args: [[withdraw]], signed: -SIGNED_AMOUNT },
      { args: [[drop, drop, drop]], signed: SIGNED_AMOUNT },
      { args: [[withdraw, withdraw]], signed: -SIGNED_AMOUNT },
      ...each(
        [[{ ...withdraw, amount: parseEther("4") }]],
        [[{ ...withdraw, entryId: 2n }]],
        [[{ ...withdraw, nonce: 3n }]],
        [[{ ...drop, kind: 1 }]],
        [[{ ...withdraw, voter: me }]],
        [[{ ...withdraw, voter: account("person") }, person]],
      ),
    ];
  },
  "Contest.carryOne": async ({ order, lab }, _me, at) => {
    const [domain, withdraw, drop] = [keccak256("0x"), { nonce: 1n }, { nonce: 0n }];
    return each(
      [await order(at, "Withdraw", withdraw), lab.coin, domain],
      [await order(at, "Drop", drop), lab.coin, domain],
    );
  },
  "Contest.cancel": () => each([1n, 2n ** 112n - 1n], [1n, ALL]),
  "Contest.fund": () => each([ONE]),
  "Contest.count": () => each([1n], [10n], [ALL]),
  "Contest.finalize": () => each([]),
  "Contest.claim": () => each([1n], [2n], [3n], [11n]),
  "Contest.claimTo": (_world, me) => each([1n, me], [2n, me], [3n, me]),
  "Contest.reclaim": () => each([]),
  "Contest.collect": () => each([]),

  "ContestFactory.create": ({ lab, contests }) => {
    const far = {
      votesOpen: LAB_START + 2_000_000,
      countFrom: LAB_START + 2_000_000,
      votesClose: LAB_START + 3_000_000,
    };
    const rules = { ...lab.openRules, ...far };
    return each([rules, keccak256("0x11")], [{ ...rules, arbitrator: contests[0] }, keccak256("0x12")]);
  },

  "DemoCoin.transfer": ({ account }, me) => each([account("voter"), ONE], [me, ONE], [account("voter"), ALL]),
  "DemoCoin.transferFrom": ({ account, watched, contests, registry }, me) => [
    ...each(...[...watched, ...contests, registry].filter((from) => from !== me).map((from) => [from, me, ONE])),
    ...each([account("voter"), contests[0], ONE], [me, me, 0n]),
  ],
  "DemoCoin.approve": ({ account }) => each([account("stranger"), ALL]),
  "DemoCoin.permit": async ({ account, contests, permit, end, keys }, me) => {
    const [contest] = contests;
    if (contest === undefined) return [];
    const voter = account("voter");
    const given = await permit(contest, ONE);
    const forged = await permit(me, ALL, keys.stray);
    return each(
      [voter, contest, ONE, end, given.v, given.r, given.s],
      [voter, me, ONE, end, given.v, given.r, given.s],
      [voter, me, ALL, end, forged.v, forged.r, forged.s],
    );
  },
  "DemoCoin.faucet": () => each([]),

  "PanelArbitrator.createDispute": ({ panelFee }) => [{ args: [2n, "0x"], value: panelFee }, { args: [2n, "0x"] }],
  "PanelArbitrator.vote": () =>
    each(...[0n, 1n, 4n, 5n].flatMap((dispute) => [0n, 1n, 2n, 3n].map((ruling) => [dispute, ruling, "because"]))),
  "PanelArbitrator.relayRuling": () => each([0n], [1n], [2n], [4n]),
  "PanelArbitrator.collect": () => each([]),
  "PanelArbitrator.collectTo": (_world, me) => each([me]),

  "KlerosArbitrator.createDispute": () => [
    { args: [2n, KLEROS_EXTRA], value: parseEther("0.006") },
    { args: [2n, KLEROS_EXTRA] },
  ],
  "KlerosArbitrator.rule": () => each(...[0n, 1n].flatMap((dispute) => RULINGS.map((ruling) => [dispute, ruling]))),
  "KlerosArbitrator.relayRuling": () => each([0n], [1n]),

  "NodeRegistry.register": async ({ account, keys, keyOf, proveKey }, me) => {
    const stake = parseEther("200");
    const [own, node] = [keyOf(me), keys.node];
    return each(
      ["https://mine.example", own.address, await proveKey(own, me), stake],
      ["https://mine.example", node.address, await proveKey(node, account("node")), stake],
      ["https://mine.example", keys.liar.address, await proveKey(own, me), stake],
    );
  },
  "NodeRegistry.addStake": () => each([ONE]),
  "NodeRegistry.addKey": async ({ account, keys, proveKey }, me) => {
    const { stray, node } = keys;
    return each([stray.address, await proveKey(stray, me)], [node.address, await proveKey(node, account("node"))]);
  },
  "NodeRegistry.setEndpoint": () => each(["https://mine.example"]),
  "NodeRegistry.attest": async ({ account, attested, keys }) => {
    const [said, signature] = await attested(account("node"), keys.node, 1n);
    const [, forged] = await attested(account("node"), keys.stray, 1n);
    return each([[said], [signature]], [[said], [forged]]);
  },
  "NodeRegistry.leave": () => each([]),
  "NodeRegistry.collect": () => each([]),
  "NodeRegistry.slashAttestation": async ({ account, attested, keys, hashesOf, liar }) => {
    const [node, lie] = [account("node"), { modelRoot: keccak256(toHex("another file")) }];
    const said = [
      await attested(node, keys.node, 1n),
      await attested(node, keys.stray, 1n, lie),
      await attested(node, keys.liar, 1n, lie),
      await attested(liar, keys.liar, 1n, lie),
    ];
    const [truth] = said[0] ?? [];
    return [
      ...each(...said.map((signed) => [...signed, hashesOf(1n)])),
      ...each([...(said[0] ?? []), hashesOf(2n)], [{ ...truth, ...lie }, said[0]?.[1], hashesOf(1n)]),
    ];
  },
  "NodeRegistry.slashReceipt": async ({ account, receipt, keys, hashesOf, liar }) => {
    const [node, lie] = [account("node"), { modelRoot: keccak256(toHex("another file")) }];
    const said = [
      await receipt(node, keys.node, 1n),
      await receipt(node, keys.stray, 1n, lie),
      await receipt(node, keys.liar, 1n, lie),
      await receipt(liar, keys.liar, 1n, lie),
    ];
    return each(...said.map((signed) => [...signed, hashesOf(1n)]));
  },
  "NodeRegistry.challengeBlock": async ({ account, attested, keys, hashesOf }) => {
    const node = account("node");
    const [open, other] = [await attested(node, keys.node, 1n), await attested(node, keys.node, 2n)];
    const forged = await attested(node, keys.stray, 2n);
    return [
      { args: [...open, hashesOf(1n), 0n], value: ONE },
      { args: [...other, hashesOf(2n), 1n], value: ONE },
      { args: [...other, hashesOf(2n), 1n] },
      { args: [...forged, hashesOf(2n), 1n], value: ONE },
    ];
  },
  "NodeRegistry.answerBlock": ({ answer }) =>
    each([1n, answer.data, answer.path], [1n, answer.data, []], [1n, "0x00", answer.path]),
  "NodeRegistry.expireBlock": () => each([1n], [2n]),
  "NodeRegistry.burn": () => each([]),
};
