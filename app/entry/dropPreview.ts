import type { ContestView, EntryView, VoterView } from "#protocol/http.ts";
import { modeOf } from "#protocol/rules.ts";
import { displayedTally, projectedScore, reweighTally, weightOf } from "#protocol/tally.ts";
import { windowOf } from "../contest/measure.ts";

export type Sides = { readonly before: bigint; readonly after: bigint };
export type Preview = {
  readonly coins: Sides;
  readonly weight: Sides;
  readonly tally: Sides;
  /** Wei left under the person's cap on this entry; null where there is no cap. */
  readonly room: Sides | null;
};

type Change = {
  readonly contest: ContestView;
  readonly entry: EntryView;
  readonly voter: VoterView | undefined;
  /** Wei: above 0 puts coins here, below 0 takes them away. */
  readonly change: bigint;
  /** Seconds since 1970. */
  readonly now: number;
};

/** What a change of the stake does, as the contract will reckon it: coins, weight, projected tally, room under the caps. */
export function previewChange({ contest, entry, voter, change, now }: Change): Preview {
  const mode = modeOf(contest.rules);
  const mine = voter?.stakes.find(({ entryId }) => entryId === entry.entryId);
  const coins = { before: BigInt(mine?.stake ?? "0"), after: max(0n, BigInt(mine?.stake ?? "0") + change) };
  const weightBefore = BigInt(mine?.weight ?? "0");
  const counted = mode === "open" || voter?.nullifier != null;
  // A stake that was support stays support when some of it is taken out.
  const weight = {
    before: weightBefore,
    after: !counted || (change < 0n && weightBefore === 0n) ? 0n : weightOf(coins.after, mode),
  };
  const window = windowOf(contest);
  const tally = {
    weight: BigInt(entry.weight),
    acc: BigInt(entry.acc),
    last: BigInt(entry.last),
    status: entry.status,
  };
  const next = reweighTally(tally, max(0n, tally.weight + weight.after - weight.before), BigInt(now), window);
  return {
    coins,
    weight,
    tally: { before: BigInt(entry.tally), after: displayedTally(projectedScore(next, window), window) },
    room:
      mode === "open"
        ? null
        : {
            before: roomFor(contest, voter, mine),
            after: max(0n, roomFor(contest, voter, mine) - change),
          },
  };
}

type Stake = VoterView["stakes"][number];

/** Support on this entry would be counted with the first coin that comes to it, so it takes its room already. */
function roomFor({ rules }: ContestView, voter: VoterView | undefined, mine: Stake | undefined): bigint {
  const here = BigInt(mine?.stake ?? "0");
  const support = mine?.weight === "0" ? here : 0n;
  const counted = (voter?.stakes ?? [])
    .filter(({ weight }) => weight !== "0")
    .reduce((sum, { stake }) => sum + BigInt(stake), 0n);
  const onEntry = BigInt(rules.entryCap) - here;
  const inAll = BigInt(rules.personCap) - counted - support;
  return max(0n, onEntry < inAll ? onEntry : inAll);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
