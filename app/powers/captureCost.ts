const year = 365n * 86_400n;
/** Assumed yearly rent of coins, in per cent. */
const rent = 5n;

/**
 * What it costs to hold as many coins as are honestly staked, for as long as they count: stake × yearly rent × window.
 * `staked` in wei, `window` in seconds. Source: contracts/PROTOCOL.md, Limits.
 */
export function captureCost(staked: bigint, window: number): bigint {
  return (staked * rent * BigInt(window)) / (100n * year);
}
