import type { Address, Hex } from "viem";
import { keccak256 } from "viem";
import { InvalidInputError } from "#protocol/errors.ts";
import type { Rules } from "#protocol/rules.ts";
import { ZERO_ADDRESS } from "#protocol/rules.ts";
import { durationInWords } from "../cli/inWords.ts";
import type { Moment, RulesFile } from "./rulesFile.ts";
import { toWei } from "./rulesFile.ts";

const DAY = 86_400;
/** Bounds that the contract sets. Source: contracts/PROTOCOL.md, Rules. */
const LONGEST_WINDOW = 2 ** 24 - 1;
const FURTHEST_CLOSE = 2 * 365 * DAY;
const RANKS = 10;
const BASIS_POINTS = 10_000;

/**
 * Turns what an organiser wrote into rules that the contract takes. `now`: seconds since 1970. Throws
 * `InvalidInputError` that names every rule which the contract would refuse.
 */
export function makeRules(
  file: RulesFile,
  facts: { readonly now: number; readonly coin: Address; readonly decimals: number; readonly declarationHash: Hex },
): Rules {
  const { now, coin, decimals, declarationHash } = facts;
  const isOpen = file.personhood === null;
  const votesClose = secondsAt(file.votesClose, now);
  const rules: Rules = {
    coin,
    prizeToken: file.prizeToken ?? coin,
    personhood: file.personhood ?? ZERO_ADDRESS,
    arbitrator: file.arbitrator ?? ZERO_ADDRESS,
    arbitratorExtraDataHash: keccak256(file.arbitratorExtraData),
    declarationHash,
    entriesOpen: secondsAt(file.entriesOpen, now),
    votesOpen: secondsAt(file.votesOpen, now),
    countFrom: votesClose - file.averagedOver,
    votesClose,
    rulingTimeout: file.rulingTimeout,
    maxEntries: file.maxEntries,
    maxModelBytes: file.maxModelSize,
    personCap: toWei("personCap", file.personCap ?? "0", decimals),
    entryCap: toWei("entryCap", file.entryCap ?? "0", decimals),
    entryBond: toWei("entryBond", file.entryBond, decimals),
    challengeBond: toWei("challengeBond", file.challengeBond, decimals),
    // The root of a coin's wei has half its decimals.
    minTally: toWei("minTally", file.minTally, isOpen ? decimals : Math.floor(decimals / 2)),
    split: basisPoints(file.split),
  };
  const problems = [...wrongTimes(rules, now), ...wrongAmounts(rules, isOpen)];
  if (problems.length > 0)
    throw new InvalidInputError("These rules do not make a contest.", { metaMessages: problems });
  return rules;
}

function secondsAt(moment: Moment, now: number): number {
  return "at" in moment ? Math.floor(moment.at) : now + moment.fromNow;
}

function wrongTimes(rules: Rules, now: number): string[] {
  const window = rules.votesClose - rules.countFrom;
  return [
    rules.entriesOpen < rules.votesOpen ? "" : "entriesOpen: must come before votesOpen",
    rules.votesOpen > now ? "" : "votesOpen: has passed already",
    rules.votesClose > rules.votesOpen ? "" : "votesClose: must come after votesOpen",
    window > 0 ? "" : "averagedOver: must be longer than nothing",
    rules.countFrom >= rules.votesOpen
      ? ""
      : `averagedOver: ${durationInWords(window)} do not fit between votesOpen and votesClose`,
    window <= LONGEST_WINDOW ? "" : `averagedOver: at most ${durationInWords(LONGEST_WINDOW)}`,
    rules.votesClose <= now + FURTHEST_CLOSE ? "" : "votesClose: at most two years ahead",
    rules.rulingTimeout >= DAY && rules.rulingTimeout <= 60 * DAY ? "" : "rulingTimeout: 1 to 60 days",
  ].filter((problem) => problem !== "");
}

function wrongAmounts({ entryBond, personCap, entryCap, maxModelBytes }: Rules, isOpen: boolean): string[] {
  return [
    entryBond > 0n ? "" : "entryBond: must be above 0",
    maxModelBytes > 0 ? "" : "maxModelSize: must be above 0",
    !isOpen || (personCap === 0n && entryCap === 0n) ? "" : "personCap, entryCap: only where personhood is set",
    isOpen || (entryCap > 0n && entryCap <= personCap)
      ? ""
      : "entryCap: above 0 and at most personCap where personhood is set",
  ].filter((problem) => problem !== "");
}

/** Percent as basis points, ten of them. Throws `InvalidInputError` unless they sum to 100 %. */
function basisPoints(percents: readonly number[]): number[] {
  const points = percents.map((percent) => Math.round(percent * 100));
  const isExact = points.every((value, index) => Math.abs(value - (percents[index] ?? 0) * 100) < 1e-6);
  if (!isExact) throw new InvalidInputError("split: at most two decimals of a percent.");
  const sum = points.reduce((total, value) => total + value, 0);
  if (sum !== BASIS_POINTS) throw new InvalidInputError(`split: the shares sum to ${sum / 100} %, not to 100 %.`);
  return [...points, ...Array.from({ length: RANKS - points.length }, () => 0)];
}
