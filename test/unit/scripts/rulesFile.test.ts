import { expect, test } from "vitest";
import { describeRules } from "../../../scripts/contest/describeRules.ts";
import { makeRules } from "../../../scripts/contest/makeRules.ts";
import { parseRulesFile } from "../../../scripts/contest/rulesFile.ts";

const NOW = 1_800_000_000;
const COIN = "0x00000000000000000000000000000000000000c0";
const HASH = `0x${"22".repeat(32)}` as const;
const example = {
  personhood: null,
  arbitrator: null,
  declaration: "declaration.md",
  entriesOpen: "2027-01-15T08:00:00Z",
  votesOpen: "2027-01-20T09:00:00+01:00",
  votesClose: "in 14 days",
  averagedOver: "72 hours",
  rulingTimeout: "1.5 days",
  maxEntries: 10,
  maxModelSize: "1.5 GiB",
  entryBond: "6.25",
  challengeBond: "0.000000000000000001",
  split: [60, 39.5, 0.5],
};
const make = (change: Record<string, unknown>, decimals = 18) =>
  makeRules(parseRulesFile(JSON.stringify({ ...example, ...change }), "rules.json"), {
    now: NOW,
    coin: COIN,
    decimals,
    declarationHash: HASH,
  });

test("times, durations, sizes, amounts and percents become what the contract takes", () => {
  expect(make({})).toMatchObject({
    coin: COIN,
    prizeToken: COIN,
    entriesOpen: 1_800_000_000,
    votesOpen: 1_800_432_000,
    votesClose: 1_801_209_600,
    countFrom: 1_800_950_400,
    rulingTimeout: 129_600,
    maxModelBytes: 1_610_612_736,
    entryBond: 6_250_000_000_000_000_000n,
    challengeBond: 1n,
    split: [6_000, 3_950, 50, 0, 0, 0, 0, 0, 0, 0],
  });
});

test("the least tally is in coins, and in a personhood contest in roots of coins", () => {
  expect(make({ minTally: "2" }).minTally).toBe(2_000_000_000_000_000_000n);
  const personhood = { personhood: `0x${"ab".repeat(20)}`, personCap: "25", entryCap: "6.25" };
  expect(make({ ...personhood, minTally: "2" }).minTally).toBe(2_000_000_000n);
});

test.each([
  ["a time without a zone", { votesOpen: "2027-01-20T09:00:00" }, "votesOpen: expected"],
  ["a day that does not exist", { votesOpen: "2027-13-20T09:00:00Z" }, "votesOpen: expected"],
  ["an amount as a number", { entryBond: 50 }, "entryBond:"],
  ["a negative amount", { entryBond: "-5" }, "entryBond: expected an amount"],
  ["a duration without a unit", { averagedOver: "72" }, "averagedOver: expected a duration"],
  ["a size in another unit", { maxModelSize: "6 GB" }, "maxModelSize: expected a size"],
  ["more than ten ranks", { split: Array(11).fill(9) }, "split:"],
  ["a misspelt field", { entryBnd: "5" }, 'Unrecognized key: "entryBnd"'],
  ["shares that do not sum to 100 %", { split: [60, 30] }, "split: the shares sum to 90 %, not to 100 %."],
  ["a share finer than a basis point", { split: [60.001, 39.999] }, "split: at most two decimals of a percent."],
  [
    "more decimals than the coin",
    { entryBond: "0.1234567890123456789" },
    "entryBond has more than the coin's 18 decimals",
  ],
  [
    "voting that opened already",
    { entriesOpen: "2027-01-01T08:00:00Z", votesOpen: "now" },
    "votesOpen: has passed already",
  ],
  ["a window longer than the voting", { averagedOver: "13 days" }, "averagedOver: 13 days do not fit"],
  ["a close beyond two years", { votesClose: "in 800 days" }, "votesClose: at most two years ahead"],
  ["a bond of nothing", { entryBond: "0" }, "entryBond: must be above 0"],
  ["caps in an open contest", { personCap: "5", entryCap: "5" }, "personCap, entryCap: only where personhood is set"],
  [
    "a personhood contest without caps",
    { personhood: `0x${"ab".repeat(20)}` },
    "entryCap: above 0 and at most personCap",
  ],
])("%s is refused by name", (_, change, words) => {
  expect(() => make(change)).toThrow(words);
});

test("what is no JSON is said to be none", () => {
  expect(() => parseRulesFile("{,}", "rules.json")).toThrow("rules.json is not JSON.");
});

test("a person reads who counts, and how much", () => {
  const rules = make({ personhood: `0x${"ab".repeat(20)}`, personCap: "25", entryCap: "6.25", minTally: "1" });
  const words = new Map(describeRules(rules, { symbol: "DROP", decimals: 18 }));
  expect(words.get("counts")).toBe(
    "persons by the root of their DROP: at most 25 DROP a person, 6.25 DROP on one entry",
  );
  expect(words.get("a rank needs")).toBe("a tally of 1 √DROP");
  expect(words.get("pot")).toBe("split 60 %, 39.5 %, 0.5 %, in DROP");
  expect(words.get("limits")).toBe("10 live entries, models up to 1.50 GiB");
});
