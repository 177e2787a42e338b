import type { Hex } from "viem";
import { decodeFunctionResult, encodeFunctionData } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { entryStatusOf } from "#protocol/rules.ts";
import type { EntryRow } from "../project/tables.ts";
import { RequestRefusedError } from "./errors.ts";
import type { Rpc } from "./rpc.ts";

const ENTRIES_AT_ONCE = 100;

/** A tally that the fold and the contract do not agree on. */
type Mismatch = { readonly contest: Hex; readonly entryId: number; readonly facts: readonly string[] };

/**
 * Compares folded tallies with what the contracts themselves say at a block. `entries` are those of one contest from
 * id 1 on, without a gap. Returns the first that differs; undefined where none does; null where the endpoint cannot say.
 */
export async function auditTallies(
  rpc: Pick<Rpc, "call">,
  entries: readonly EntryRow[],
  block: number,
): Promise<Mismatch | undefined | null> {
  for (let i = 0; i < entries.length; i += ENTRIES_AT_ONCE) {
    const page = entries.slice(i, i + ENTRIES_AT_ONCE);
    const contest = page[0]?.contest;
    if (contest === undefined) return undefined;
    const said = await talliesAt(rpc, contest, page[0]?.entryId ?? 1, block);
    if (said === null) return null;
    for (const [index, row] of page.entries()) {
      const tally = said[index];
      const theirs = tally && {
        weight: tally.weight,
        acc: tally.acc,
        last: BigInt(tally.last),
        status: entryStatusOf(tally.status),
      };
      const ours = { weight: row.weight, acc: row.acc, last: BigInt(row.last), status: row.status };
      const keys = ["weight", "acc", "last", "status"] as const;
      const facts = keys.flatMap((key) =>
        ours[key] === theirs?.[key]
          ? []
          : [`${key} of entry ${row.entryId}: ${ours[key]} here, ${theirs?.[key]} there`],
      );
      if (facts.length > 0) return { contest, entryId: row.entryId, facts };
    }
  }
  return undefined;
}

async function talliesAt(rpc: Pick<Rpc, "call">, contest: Hex, first: number, block: number) {
  const args = [BigInt(first), BigInt(ENTRIES_AT_ONCE)] as const;
  const data = encodeFunctionData({ abi: contestAbi, functionName: "scores", args });
  try {
    const answer = await rpc.call(contest, data, block);
    return decodeFunctionResult({ abi: contestAbi, functionName: "scores", data: answer })[0];
  } catch (error) {
    // Many endpoints keep no state of older blocks: what cannot be compared is not wrong.
    if (error instanceof RequestRefusedError) return null;
    throw error;
  }
}
