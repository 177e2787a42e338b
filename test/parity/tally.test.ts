import fc from "fast-check";
import type { Address } from "viem";
import { keccak256, numberToHex, parseEther, toEventSelector } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import { entryStatusOf, type Mode, modeOf, type Rules } from "#protocol/rules.ts";
import { dividePot, rankEntries } from "#protocol/standings.ts";
import { projectedScore, type Window } from "#protocol/tally.ts";
import { ORDER_KINDS, ordersDomain, orderTypes } from "#protocol/typedData.ts";
import { type ContestLab, createContestLab, LAB_START } from "../support/contestLab.ts";
import { type Ask, authorName, type ContestModel, createContestModel, voterName } from "../support/contestModel.ts";
import { addPanel, type PanelLab } from "../support/panelLab.ts";
import { type Reading, readByAuditor, readByIndexer, readLogs } from "./readersOf.ts";

const ENTRIES = 4;
const VOTERS = 3;
const POT = 1_000_003n;
/** Seconds from the opening of votes to the window, and from the window to the close. */
const BEFORE = 1_000;
const WINDOW = 5_000;
const CHAIN_ID = 31_337;
const RULING_TIMEOUT = 86_400;
const ORDER_SKIPPED = toEventSelector("OrderSkipped(address,uint256,uint256,bytes)");

/** Amounts that reach the caps in two or three steps, a few single wei among them. */
const amount = fc.oneof(
  fc.bigInt({ min: 0n, max: parseEther("5") }),
  fc.constantFrom(1n, 2n, parseEther("1"), parseEther("3"), parseEther("6"), parseEther("6") + 1n),
);
const voter = fc.integer({ min: 0, max: VOTERS - 1 });
const entry = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: ENTRIES }) },
  { weight: 1, arbitrary: fc.constantFrom(0, ENTRIES + 1) },
);
const ask: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("drop" as const), voter, entry, amount }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("withdraw" as const), voter, entry, amount }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("move" as const), voter, entry, target: entry, amount }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reweigh" as const), voter, entry }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("bind" as const), voter }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("order" as const),
      act: fc.constantFrom("drop" as const, "drop" as const, "withdraw" as const),
      voter,
      entry,
      amount,
      nonce: fc.constantFrom(0, 1, 2, 110, 111),
      isForged: fc.integer({ min: 0, max: 7 }).map((die) => die === 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("cancel" as const), voter, entry, nonce: fc.constantFrom(0, 111) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("challenge" as const), voter, entry }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("rule" as const), entry, ruling: fc.integer({ min: 0, max: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lapse" as const), entry }) },
);
/** Seconds before an ask; edges of the window are hit on purpose. */
const pause = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 1, arbitrary: fc.constantFrom("countFrom", "close" as const) },
);
const edge = fc.integer({ min: -1, max: 1 });
const history = fc.array(fc.record({ ask, pause, edge }), { minLength: 5, maxLength: 40, size: "max" });

describe("contract, reference, indexer and auditor agree to the wei", () => {
  let lab: ContestLab;
  let panel: PanelLab;
  let now = LAB_START + 100;
  /** What histories brought about: a generator that never removes anything proves nothing. */
  const seen = { removed: 0, lapsed: 0, carried: 0, skipped: 0 };
  const keys = Array.from({ length: VOTERS }, (_, index) => privateKeyToAccount(keccak256(numberToHex(9_000 + index))));
  const forger = privateKeyToAccount(keccak256(numberToHex(8_000)));
  const voters = keys.map(({ address }) => address);

  beforeAll(async () => {
    lab = await createContestLab();
    panel = await addPanel(lab);
    for (const wallet of voters) {
      await lab.chain.impersonate(wallet);
      await lab.chain.write({
        from: lab.organiser,
        to: lab.coin,
        abi: demoCoinAbi,
        functionName: "transfer",
        args: [wallet, parseEther("100000")],
      });
    }
  });
  afterAll(() => lab.chain.close());

  for (const mode of ["open", "personhood"] as const) {
    it(`over random histories, ${mode}`, async () => {
      await fc.assert(
        fc.asyncProperty(history, async (steps) => {
          const { contest, rules, authors } = await createContest(mode);
          const window: Window = { countFrom: BigInt(rules.countFrom), votesClose: BigInt(rules.votesClose) };
          const model = createContestModel({
            ...{ mode, entries: ENTRIES, window, caps: rules, bonds: rules },
            rulingTimeout: BigInt(RULING_TIMEOUT),
          });

          // The last voter is a person only where the history says so.
          const bound: Ask[] = mode === "open" ? [] : [0, 1].map((voter) => ({ kind: "bind", voter }));
          for (const ask of bound) expect(await send(contest, ask)).toBe(model.apply(ask, BigInt(now), false));

          for (const step of steps) {
            now = timeOf(step, rules);
            const allowed = model.apply(step.ask, BigInt(now), now >= rules.votesOpen && now < rules.votesClose);
            expect(await send(contest, step.ask), JSON.stringify(step, withBigints)).toBe(allowed);
          }
          await compare(contest, model, window);
          await compareReaders(contest, rules, model, authors);

          now = Math.max(now, rules.votesClose);
          await lapseAll(contest, model);
          const scores = await compareResult(contest, rules, model, window);
          await comparePrizes(contest, rules, scores, authors);
          await leave(contest, model);
          await compareReaders(contest, rules, model, authors);
        }),
        // A counterexample is made smaller for a while, then told as it is.
        { numRuns: 30, interruptAfterTimeLimit: 150_000, markInterruptAsFailure: true },
      );
      // A generator that never brings these about proves nothing.
      for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(0);
    });
  }

  async function createContest(mode: Mode) {
    now += 10;
    const rules: Rules = {
      ...(mode === "open" ? lab.openRules : lab.personRules),
      entriesOpen: now + 10,
      votesOpen: now + 1_000,
      countFrom: now + 1_000 + BEFORE,
      votesClose: now + 1_000 + BEFORE + WINDOW,
      minTally: 5n,
      rulingTimeout: RULING_TIMEOUT,
      ...panel.ruled,
      ...(mode === "open" ? {} : { entryCap: parseEther("6"), personCap: parseEther("13") }),
    };
    expect(modeOf(rules)).toBe(mode);
    await lab.chain.setNextTime(now);
    const { contest } = await lab.create(rules);
    const authors = lab.chain.accounts.slice(1, 1 + ENTRIES);
    await lab.chain.setNextTime(rules.entriesOpen);
    for (const author of authors) {
      await lab.equip(author, contest, parseEther("10"));
      if (mode === "personhood") await lab.bind(contest, author);
      await lab.submit(contest, author);
    }
    // One more entry, which its author takes back before it begins.
    const [, , , , , , gone = lab.organiser] = lab.chain.accounts;
    await lab.equip(gone, contest, parseEther("10"));
    if (mode === "personhood") await lab.bind(contest, gone);
    await lab.submit(contest, gone);
    await lab.chain.write({
      from: gone,
      to: contest,
      abi: contestAbi,
      functionName: "retract",
      args: [BigInt(ENTRIES + 1)],
    });
    for (const wallet of voters) await lab.equip(wallet, contest, 0n);
    await lab.equip(lab.organiser, contest, 0n);
    await lab.chain.write({
      from: lab.organiser,
      to: contest,
      abi: contestAbi,
      functionName: "fund",
      args: [POT],
    });
    now = rules.votesOpen - 1;
    return { contest, rules, authors };
  }

  function timeOf({ pause, edge }: { pause: number | "countFrom" | "close"; edge: number }, rules: Rules): number {
    if (typeof pause === "number") return now + pause;
    return Math.max(now, (pause === "countFrom" ? rules.countFrom : rules.votesClose) + edge);
  }

  /** Whether the contract did it. */
  async function send(contest: Address, asked: Ask): Promise<boolean> {
    await lab.chain.setNextTime(now);
    const from = "voter" in asked ? walletOf(asked.voter) : lab.organiser;
    const call = { from, to: contest, abi: contestAbi } as const;
    try {
      if (asked.kind === "bind") await lab.bind(contest, from);
      else if (asked.kind === "order") return await carry(contest, asked);
      else if (asked.kind === "cancel")
        await lab.chain.write({
          ...call,
          functionName: "cancel",
          args: [BigInt(asked.entry), 1n << BigInt(asked.nonce)],
        });
      else if (asked.kind === "challenge") await panel.challenge(contest, from, asked.entry);
      else if (asked.kind === "lapse") await panel.lapse(contest, from, asked.entry);
      else if (asked.kind === "rule") return await rule(contest, asked.entry, asked.ruling);
      else if (asked.kind === "drop" || asked.kind === "withdraw")
        await lab.chain.write({ ...call, functionName: asked.kind, args: [BigInt(asked.entry), asked.amount] });
      else if (asked.kind === "move")
        await lab.chain.write({
          ...call,
          functionName: "move",
          args: [BigInt(asked.entry), BigInt(asked.target), asked.amount],
        });
      else await lab.chain.write({ ...call, functionName: "reweigh", args: [[BigInt(asked.entry)]] });
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "RevertedError") return false;
      throw error;
    }
  }

  function walletOf(voter: number): Address {
    const wallet = voters[voter];
    if (wallet === undefined) throw new RangeError(`no voter ${voter}`);
    return wallet;
  }

  /** Has a stranger carry an order that the voter signed, or somebody else in the voter's name. */
  async function carry(contest: Address, asked: Extract<Ask, { kind: "order" }>): Promise<boolean> {
    const kind = asked.act === "drop" ? "Drop" : "Withdraw";
    const order = {
      voter: walletOf(asked.voter),
      entryId: BigInt(asked.entry),
      amount: asked.amount,
      nonce: BigInt(asked.nonce),
      deadline: BigInt(now),
    };
    const signer = asked.isForged ? forger : keys[asked.voter];
    if (signer === undefined) throw new RangeError(`no voter ${asked.voter}`);
    const signature = await signer.signTypedData({
      domain: ordersDomain({ chainId: CHAIN_ID, verifyingContract: contest }),
      types: orderTypes,
      primaryType: kind,
      message: order,
    });
    const { logs } = await lab.chain.write({
      from: lab.organiser,
      to: contest,
      abi: contestAbi,
      functionName: "carry",
      args: [[{ kind: ORDER_KINDS.indexOf(kind), ...order, signature }]],
    });
    const skipped = logs.some(({ topics }) => topics[0] === ORDER_SKIPPED);
    seen[skipped ? "skipped" : "carried"] += 1;
    return !skipped;
  }

  /** A ruling reaches the contest only while the challenge is open: the panel rules once on each. */
  async function rule(contest: Address, entry: number, ruling: number): Promise<boolean> {
    const args = [BigInt(entry)] as const;
    const { open } = await lab.chain.read({ to: contest, abi: contestAbi, functionName: "challengeOf", args });
    if (!open) return false;
    await panel.rule(contest, entry, ruling);
    if (ruling === 2) seen.removed += 1;
    return true;
  }

  /** Nobody ruled on these in time; before, nothing can be counted. */
  async function lapseAll(contest: Address, model: ContestModel): Promise<void> {
    const open = model.openChallenges();
    if (open.length === 0) return;
    await lab.chain.setNextTime(now);
    const count = { from: lab.organiser, to: contest, abi: contestAbi, functionName: "count", args: [9n] } as const;
    await expect(lab.chain.write(count)).rejects.toMatchObject({ errorName: "Standings_ChallengesOpen" });
    now += RULING_TIMEOUT;
    for (const entry of open) {
      const ask: Ask = { kind: "lapse", entry };
      expect(await send(contest, ask)).toBe(model.apply(ask, BigInt(now), false));
      seen.lapsed += 1;
    }
  }

  /** What the indexer and the auditor make of the events alone, against model and contract. */
  async function compareReaders(contest: Address, rules: Rules, model: ContestModel, authors: readonly Address[]) {
    const told = await readLogs(lab, contest);
    const { reading: audited, broken, owed, burned } = readByAuditor(told, rules);
    const window: Window = { countFrom: BigInt(rules.countFrom), votesClose: BigInt(rules.votesClose) };
    const ids = Array.from({ length: ENTRIES }, (_, index) => index + 1);
    const [, , , , , , gone = lab.organiser] = lab.chain.accounts;
    const entries = ids.map((id) => {
      const tally = model.tallyOf(id);
      return { id, status: tally.status, weight: tally.weight, score: projectedScore(tally, window) };
    });
    const bondBack = rules.entryBond - rules.entryBond / 10n;
    const expected: Reading = {
      entries: [...entries, { id: ENTRIES + 1, status: "retracted", weight: 0n, score: 0n }],
      stakes: new Map(
        voters.flatMap((wallet, voter) =>
          ids
            .map((id) => [`${wallet.toLowerCase()} ${id}`, model.stakeOf(voter, id)] as const)
            .filter(([, { coins }]) => coins > 0n),
        ),
      ),
      credits: new Map([
        [gone.toLowerCase(), bondBack],
        ...[...model.credits].map(([name, amount]): [string, bigint] => [accountOf(name, authors), amount]),
      ]),
      ranked: rankEntries(
        entries.map(({ id, ...entry }) => ({ ...entry, entryId: id })),
        rules,
      ).map(({ entryId }) => entryId),
    };
    expect(broken).toEqual([]);
    expect(audited).toEqual(expected);
    expect(await readByIndexer(told, rules)).toEqual(expected);
    const removed = BigInt(entries.filter(({ status }) => status === "removed").length);
    expect(burned).toBe(rules.entryBond / 10n + removed * (rules.entryBond - rules.entryBond / 2n));
    expect(await balanceOf(contest)).toBe(owed.total);
    for (const [account, amount] of expected.credits) {
      const args = [account as Address] as const;
      expect(await lab.chain.read({ to: contest, abi: contestAbi, functionName: "creditOf", args })).toBe(amount);
    }
    for (const [voter, wallet] of voters.entries()) {
      for (const id of ids) {
        const args = [wallet, BigInt(id)] as const;
        const spent = await lab.chain.read({ to: contest, abi: contestAbi, functionName: "noncesOf", args });
        expect(spent).toBe([...model.noncesOf(voter, id)].reduce((bits, nonce) => bits | (1n << BigInt(nonce)), 0n));
      }
    }
  }

  function accountOf(name: string, authors: readonly Address[]): string {
    const all = [
      ...voters.map((wallet, voter) => [voterName(voter), wallet] as const),
      ...authors.map((wallet, index) => [authorName(index + 1), wallet] as const),
    ];
    const account = all.find(([other]) => other === name)?.[1];
    if (account === undefined) throw new RangeError(`nobody is ${name}`);
    return account.toLowerCase();
  }

  async function compare(contest: Address, model: ContestModel, window: Window): Promise<void> {
    const [tallies, projected] = await lab.chain.read({
      to: contest,
      abi: contestAbi,
      functionName: "scores",
      args: [1n, BigInt(ENTRIES)],
    });
    for (let id = 1; id <= ENTRIES; id += 1) {
      const expected = model.tallyOf(id);
      const { weight, acc, last, status } = tallies[id - 1] ?? { weight: -1n, acc: -1n, last: -1, status: 0 };
      expect(entryStatusOf(status)).toBe(expected.status);
      expect({ id, weight, acc, last: BigInt(last) }).toEqual({
        id,
        weight: expected.weight,
        acc: expected.acc,
        last: expected.last,
      });
      expect(projected[id - 1]).toBe(projectedScore(expected, window));
      for (const [index, wallet] of voters.entries()) {
        const [stake, counted] = await lab.chain.read({
          to: contest,
          abi: contestAbi,
          functionName: "stakeOf",
          args: [wallet, BigInt(id)],
        });
        expect({ coins: stake, weight: counted }).toEqual(model.stakeOf(index, id));
      }
    }
  }

  async function compareResult(contest: Address, rules: Rules, model: ContestModel, window: Window) {
    const call = { from: lab.organiser, to: contest, abi: contestAbi } as const;
    await lab.chain.setNextTime(now);
    await lab.chain.write({ ...call, functionName: "count", args: [3n] });
    await lab.chain.write({ ...call, functionName: "count", args: [3n] });
    await lab.chain.write({ ...call, functionName: "finalize", args: [] });
    const entries = Array.from({ length: ENTRIES }, (_, index) => ({
      entryId: index + 1,
      score: projectedScore(model.tallyOf(index + 1), window),
      status: model.statusOf(index + 1),
    }));
    const ranked = rankEntries(entries, rules).map(({ entryId }) => entryId);
    const [ranks] = await lab.chain.read({ to: contest, abi: contestAbi, functionName: "standings", args: [] });
    expect(ranks.filter((id) => id !== 0)).toEqual(ranked);
    return ranked;
  }

  async function comparePrizes(contest: Address, rules: Rules, ranked: readonly number[], authors: readonly Address[]) {
    const { prizes, unheld } = dividePot(POT, rules.split, ranked.length);
    const [total, left] = await lab.chain.read({ to: contest, abi: contestAbi, functionName: "pot", args: [] });
    expect([total, left]).toEqual([POT, unheld]);
    for (const [index, id] of ranked.entries()) {
      const author = authors[id - 1];
      if (author === undefined) throw new RangeError(`no author of ${id}`);
      const before = await balanceOf(author);
      await lab.chain.write({
        from: lab.organiser,
        to: contest,
        abi: contestAbi,
        functionName: "claim",
        args: [BigInt(index + 1)],
      });
      expect((await balanceOf(author)) - before).toBe(prizes[index]);
    }
  }

  /** Everybody takes out exactly what the model says is theirs. */
  async function leave(contest: Address, model: ContestModel): Promise<void> {
    const ids = Array.from({ length: ENTRIES }, (_, index) => BigInt(index + 1));
    for (const [index, wallet] of voters.entries()) {
      const staked = ids.reduce((sum, id) => sum + model.stakeOf(index, Number(id)).coins, 0n);
      if (staked === 0n) continue;
      const before = await balanceOf(wallet);
      await lab.chain.write({
        from: wallet,
        to: contest,
        abi: contestAbi,
        functionName: "withdrawMany",
        args: [ids],
      });
      expect((await balanceOf(wallet)) - before).toBe(staked);
      for (const id of ids) {
        const ask: Ask = {
          kind: "withdraw",
          voter: index,
          entry: Number(id),
          amount: model.stakeOf(index, Number(id)).coins,
        };
        if (ask.amount > 0n) expect(model.apply(ask, BigInt(now), false)).toBe(true);
      }
    }
  }

  const balanceOf = (account: Address) =>
    lab.chain.read({ to: lab.coin, abi: demoCoinAbi, functionName: "balanceOf", args: [account] });
});

function withBigints(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value} wei` : value;
}
