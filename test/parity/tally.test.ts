import fc from "fast-check";
import type { Address } from "viem";
import { parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import { type Mode, modeOf, type Rules } from "#protocol/rules.ts";
import { dividePot, rankEntries } from "#protocol/standings.ts";
import { projectedScore, type Window } from "#protocol/tally.ts";
import { type ContestLab, createContestLab, freshAddress, LAB_START } from "../support/contestLab.ts";
import { type Ask, type ContestModel, createContestModel } from "../support/contestModel.ts";

const ENTRIES = 4;
const VOTERS = 3;
const POT = 1_000_003n;
/** Seconds from the opening of votes to the window, and from the window to the close. */
const BEFORE = 1_000;
const WINDOW = 5_000;

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
);
/** Seconds before an ask; edges of the window are hit on purpose. */
const pause = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 1, arbitrary: fc.constantFrom("countFrom", "close" as const) },
);
const edge = fc.integer({ min: -1, max: 1 });
const history = fc.array(fc.record({ ask, pause, edge }), { minLength: 5, maxLength: 40, size: "max" });

describe("the contract and the reference tally agree to the wei", () => {
  let lab: ContestLab;
  let now = LAB_START + 100;
  const voters = Array.from({ length: VOTERS }, (_, index) => freshAddress(9_000 + index));

  beforeAll(async () => {
    lab = await createContestLab();
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
          const model = createContestModel({ mode, entries: ENTRIES, window, caps: rules });

          // The last voter is a person only where the history says so.
          const bound: Ask[] = mode === "open" ? [] : [0, 1].map((voter) => ({ kind: "bind", voter }));
          for (const ask of bound) expect(await send(contest, ask)).toBe(model.apply(ask, BigInt(now), false));

          for (const step of steps) {
            now = timeOf(step, rules);
            const allowed = model.apply(step.ask, BigInt(now), now >= rules.votesOpen && now < rules.votesClose);
            expect(await send(contest, step.ask), JSON.stringify(step, withBigints)).toBe(allowed);
          }
          await compare(contest, model, window);

          now = Math.max(now, rules.votesClose);
          const scores = await compareResult(contest, rules, model, window);
          await comparePrizes(contest, rules, scores, authors);
          await leave(contest, model);
        }),
        // A counterexample is made smaller for a while, then told as it is.
        { numRuns: 30, interruptAfterTimeLimit: 150_000, markInterruptAsFailure: true },
      );
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
    const from = voters[asked.voter];
    if (from === undefined) throw new RangeError(`no voter ${asked.voter}`);
    const call = { from, to: contest, abi: contestAbi } as const;
    try {
      if (asked.kind === "bind") await lab.bind(contest, from);
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

  async function compare(contest: Address, model: ContestModel, window: Window): Promise<void> {
    const [tallies, projected] = await lab.chain.read({
      to: contest,
      abi: contestAbi,
      functionName: "scores",
      args: [1n, BigInt(ENTRIES)],
    });
    for (let id = 1; id <= ENTRIES; id += 1) {
      const expected = model.tallyOf(id);
      const { weight, acc, last } = tallies[id - 1] ?? { weight: -1n, acc: -1n, last: -1 };
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
      status: "live" as const,
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
    }
  }

  const balanceOf = (account: Address) =>
    lab.chain.read({ to: lab.coin, abi: demoCoinAbi, functionName: "balanceOf", args: [account] });
});

function withBigints(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value} wei` : value;
}
