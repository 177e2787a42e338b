import { formatEther } from "viem";
import { rows } from "../cli/inWords.ts";
import type { Dispute, Panel } from "./readPanel.ts";

/** Rulings on challenges. Source: contracts/PROTOCOL.md, Arbitration. */
const RULINGS = ["refused", "eligible", "ineligible"];

/** A ruling by its number and what it means for an entry. */
export function rulingInWords(ruling: number): string {
  const word = RULINGS[ruling];
  return word === undefined ? String(ruling) : `${ruling}, ${word}`;
}

export function describePanel({ address, members, threshold, fee }: Panel): (readonly [string, string])[] {
  return [
    ["panel", `${address}, ${threshold} of ${members.length} decide`],
    ...members.map((member, index) => [`member ${index + 1}`, member] as const),
    ["fee", `${formatEther(fee)} ETH for a dispute`],
  ];
}

/** One dispute: what about, what was said, who voted how and why, and where it stands. */
export function describeDispute(dispute: Dispute, panel: Panel): string {
  const { id, arbitrable, entryId, evidence, votes } = dispute;
  return rows([
    [`dispute ${id}`, standingOf(dispute, panel)],
    ["about", entryId === null ? `a question of ${arbitrable}` : `entry ${entryId} of ${arbitrable}`],
    ...evidence.map(({ party, uri }) => ["evidence", `${printable(uri)}, by ${party}`] as const),
    ...votes.map(
      ({ member, ruling, reason }) => ["vote", `${rulingInWords(ruling)}: ${printable(reason)}, by ${member}`] as const,
    ),
  ]);
}

function standingOf({ ruled, ruling, delivered, votes }: Dispute, { threshold, members }: Panel): string {
  if (!ruled) return `open: ${votes.length} of ${members.length} have voted, ${threshold} alike decide`;
  return `ruled ${rulingInWords(ruling)}${delivered ? "" : "; the contest has not taken it"}`;
}

/** Strangers write evidence and reasons: nothing in them may steer a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "·");
}
