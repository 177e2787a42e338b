import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  type Abi,
  type AbiFunction,
  type Address,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  numberToHex,
  toEventSelector,
} from "viem";
import { expect } from "vitest";
import { z } from "zod";
import { root } from "../../../scripts/tool/root.ts";
import { checkTaken, type Seen } from "./powersCheck.ts";
import { TRIES, type Try } from "./powersTries.ts";
import { ENTRIES, ENTRY_IDS, type PowersWorld } from "./powersWorld.ts";

const GAS = numberToHex(16_000_000n);
const Receipt = z.object({
  status: z.string(),
  logs: z.array(z.object({ topics: z.array(z.string()) })),
});

/** Where a prober finds the code of the account that it stands for. */
const OWN_CODE = "0x000000000000000000000000000000000000c0de";
/** Calls probed at once: each is offered 3 million gas of the block's. */
const PROBES = 25;

type Planned = {
  readonly key: string;
  readonly asked: Try;
  readonly to: Address;
  readonly data: Hex;
  readonly value: bigint;
};

export type Contract = { readonly name: string; readonly abi: Abi; readonly actions: readonly AbiFunction[] };

/** What was seen to be possible: `Contract.function` → roles, phases and events. */
export type Powers = Map<string, { roles: Set<string>; phases: Set<string>; events: Set<string> }>;

/** Every contract that can be deployed, as the compiler left it; interfaces, libraries and abstract ones cannot. */
export function allContracts(): readonly Contract[] {
  return globSync("artifacts/contracts/**/*.json", { cwd: root })
    .filter((file) => !basename(file).endsWith(".dbg.json"))
    .sort()
    .map(
      (file) => JSON.parse(readFileSync(join(root, file), "utf8")) as { contractName: string; abi: Abi; bytecode: Hex },
    )
    .filter(({ abi, bytecode }) => bytecode !== "0x" && abi.some(({ type }) => type === "function"))
    .map(({ contractName, abi }) => ({ name: contractName, abi, actions: actionsOf(abi) }));
}

function actionsOf(abi: Abi): readonly AbiFunction[] {
  return abi.filter(
    (item): item is AbiFunction => item.type === "function" && !["view", "pure"].includes(item.stateMutability),
  );
}

/** Walks contracts in one world. What succeeds is checked, noted in `powers`, and undone. */
export function createWalk(world: PowersWorld, contracts: readonly Contract[], powers: Powers) {
  const { provider } = world.chain;
  const { lensAbi, proberAbi } = world;
  const eventNames = new Map(
    contracts.flatMap(({ abi }) =>
      abi.flatMap((item) => (item.type === "event" ? [[toEventSelector(item), item.name]] : [])),
    ),
  );

  /** A prober in the place of each of these accounts, and their own code where the prober looks for it. */
  async function standIn(accounts: readonly Address[]): Promise<Readonly<Record<Address, { code: Hex }>>> {
    const [only] = accounts;
    const own = accounts.length === 1 && only !== undefined ? await codeAt(only) : "0x";
    return Object.fromEntries([
      ...accounts.map((account) => [account, { code: world.prober }]),
      [OWN_CODE, { code: own }],
    ]);
  }

  async function codeAt(account: Address): Promise<Hex> {
    return (await provider.request({ method: "eth_getCode", params: [account, "latest"] })) as Hex;
  }

  async function see(from?: Address): Promise<Seen> {
    const { coin, registry, panel, contests, watched, lens, voters } = world;
    const house = { coin, registry, panel, contests, entries: BigInt(ENTRIES) };
    const stakers = [...voters, world.account("funder"), ...(from === undefined ? [] : [from])];
    const data = encodeFunctionData({ abi: lensAbi, functionName: "see", args: [house, watched, stakers, voters] });
    const params = [{ to: lens, data }, "latest", await standIn(voters)];
    const result = await provider.request({ method: "eth_call", params });
    const [accounts, seen, time, leaving] = decodeFunctionResult({
      abi: lensAbi,
      functionName: "see",
      data: result as Hex,
    }) as [Seen["accounts"], Seen["contests"], bigint, Seen["leaving"]];
    return { accounts, contests: seen, time, leaving };
  }

  /** Which of these calls would succeed if `from` made them, each for itself. */
  async function probe(from: Address, calls: readonly Planned[]): Promise<readonly Planned[]> {
    const overrides = await standIn([from]);
    const passed: Planned[] = [];
    for (let first = 0; first < calls.length; first += PROBES) {
      const some = calls.slice(first, first + PROBES);
      const data = encodeFunctionData({ abi: proberAbi, functionName: "probeAll", args: [some] });
      const params = [{ to: from, data }, "latest", overrides];
      const result = (await provider.request({ method: "eth_call", params })) as Hex;
      const flags = decodeFunctionResult({
        abi: proberAbi,
        functionName: "probeAll",
        data: result,
      }) as readonly boolean[];
      passed.push(...some.filter((_call, place) => flags[place] === true));
    }
    return passed;
  }

  /** Sends it, and returns the names of what was emitted. */
  async function send(call: { from: Address; to: Address; data: Hex; value?: Hex }): Promise<readonly string[]> {
    const hash = await provider.request({ method: "eth_sendTransaction", params: [{ ...call, gas: GAS }] });
    const receipt = Receipt.parse(await provider.request({ method: "eth_getTransactionReceipt", params: [hash] }));
    expect(receipt.status).toBe("0x1");
    return receipt.logs.map(
      ({ topics: [selector] }) => eventNames.get((selector ?? "0x") as Hex) ?? "an unknown event",
    );
  }

  const withdrawAll = (contest: Address, from: Address) => ({
    from,
    to: contest,
    data: encodeFunctionData({ abi: abiOf("Contest"), functionName: "withdrawMany", args: [ENTRY_IDS] }),
  });

  function abiOf(name: string): Abi {
    const found = contracts.find((contract) => contract.name === name);
    if (found === undefined) throw new Error(`${name} was not compiled`);
    return found.abi;
  }

  async function undone<T>(task: () => Promise<T>): Promise<T> {
    const snapshot = await provider.request({ method: "evm_snapshot" });
    try {
      return await task();
    } finally {
      await provider.request({ method: "evm_revert", params: [snapshot] });
    }
  }

  /** Every voter with a stake takes all of it out with one call and holds exactly that much more. */
  async function expectEverybodyCanLeave(): Promise<void> {
    const before = await see();
    for (const [place, contest] of world.contests.entries()) {
      for (const voter of world.voters) {
        const at = world.watched.indexOf(voter);
        const staked = sum(before.accounts[at]?.seats[place]?.stakes ?? []);
        if (staked === 0n) continue;
        await undone(async () => {
          await send(withdrawAll(contest, voter));
          const { accounts } = await see();
          expect((accounts[at]?.coins ?? 0n) - (before.accounts[at]?.coins ?? 0n)).toBe(staked);
        });
      }
    }
  }

  /** Really sends a call that was seen to succeed, holds what it did against what it may, notes it and undoes it. */
  async function take(how: { phase: string; role: string; from: Address; call: Planned; before: Seen }) {
    const { phase, role, from, call, before } = how;
    const { key, asked, to, data, value } = call;
    await undone(async () => {
      const events = await send({ from, to, data, value: numberToHex(value) });
      const where = `${key}(${print(asked.args)}) by ${role} in ${phase}`;
      checkTaken({ where, key, from, signed: asked.signed, before, after: await see(from), world });
      const power = powers.get(key) ?? { roles: new Set(), phases: new Set(), events: new Set() };
      power.roles.add(role);
      power.phases.add(phase);
      for (const name of events) power.events.add(name);
      powers.set(key, power);
    });
  }

  /** All that `from` can try on these contracts. */
  async function plan(
    from: Address,
    names: readonly string[],
    only: readonly string[] | undefined,
  ): Promise<readonly Planned[]> {
    const planned: Planned[] = [];
    for (const { name, abi, actions } of contracts.filter((contract) => names.includes(contract.name))) {
      for (const { name: functionName } of actions) {
        const key = `${name}.${functionName}`;
        const tries = TRIES[key];
        if (only !== undefined && !only.includes(functionName)) continue;
        if (tries === undefined) throw new Error(`${key} has no entry in powersTries.ts`);
        for (const to of world.at[name] ?? []) {
          for (const asked of await tries(world, from, to)) {
            const data = encodeFunctionData({ abi, functionName, args: asked.args });
            planned.push({ key, asked, to, data, value: asked.value ?? 0n });
          }
        }
      }
    }
    return planned;
  }

  return {
    expectEverybodyCanLeave,

    /** Every function of the contracts named, or `only` these, by everybody, in every way of `TRIES`. Returns how many. */
    async walk(phase: string, names: readonly string[], only?: readonly string[]): Promise<number> {
      let tried = 0;
      const before = await see();
      for (const { role, account: from } of world.callers) {
        const planned = await plan(from, names, only);
        tried += planned.length;
        for (const call of await probe(from, planned)) await take({ phase, role, from, call, before });
      }
      return tried;
    },
  };
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function print(args: readonly unknown[]): string {
  return JSON.stringify(args, (_key, value) => (typeof value === "bigint" ? value.toString() : value)).slice(1, 160);
}
