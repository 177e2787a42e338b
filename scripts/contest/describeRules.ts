import type { Rules } from "#protocol/rules.ts";
import { modeOf, ZERO_ADDRESS } from "#protocol/rules.ts";
import { bytesInWords, coinsInWords, durationInWords, timeInWords } from "../cli/inWords.ts";

export type Token = { readonly symbol: string; readonly decimals: number };

/** A contest's rules as a person reads them: label and text. */
export function describeRules(rules: Rules, coin: Token): (readonly [string, string])[] {
  const coins = (amount: bigint) => coinsInWords(amount, coin);
  const shares = rules.split.filter((share) => share > 0).map((share) => `${share / 100} %`);
  return [
    ["entries", `from ${timeInWords(rules.entriesOpen)}`],
    ["voting", `from ${timeInWords(rules.votesOpen)}, when entries close`],
    [
      "closes",
      `${timeInWords(rules.votesClose)}, averaged over the last ${durationInWords(rules.votesClose - rules.countFrom)}`,
    ],
    [
      "counts",
      modeOf(rules) === "open"
        ? `every ${coin.symbol} the same, whoever holds it`
        : `persons by the root of their ${coin.symbol}: at most ${coins(rules.personCap)} a person, ${coins(rules.entryCap)} on one entry`,
    ],
    [
      "persons",
      rules.personhood === ZERO_ADDRESS ? "nobody is asked who they are" : `decided by the adapter ${rules.personhood}`,
    ],
    [
      "a rank needs",
      rules.minTally === 0n
        ? "any tally above 0"
        : `a tally of ${coinsInWords(rules.minTally, minTallyToken(rules, coin))}`,
    ],
    ["bonds", `${coins(rules.entryBond)} with an entry, ${coins(rules.challengeBond)} with a challenge`],
    [
      "challenges",
      rules.arbitrator === ZERO_ADDRESS
        ? "none: no arbitrator is named"
        : `ruled by ${rules.arbitrator} within ${durationInWords(rules.rulingTimeout)}`,
    ],
    [
      "limits",
      `${rules.maxEntries.toLocaleString("en")} live entries, models up to ${bytesInWords(rules.maxModelBytes)}`,
    ],
    ["pot", `split ${shares.join(", ")}, in ${rules.prizeToken === rules.coin ? coin.symbol : rules.prizeToken}`],
    ["coin", `${coin.symbol} at ${rules.coin}`],
    ["declaration", rules.declarationHash],
  ];
}

function minTallyToken(rules: Rules, { symbol, decimals }: Token): Token {
  return modeOf(rules) === "open" ? { symbol, decimals } : { symbol: `√${symbol}`, decimals: Math.floor(decimals / 2) };
}
