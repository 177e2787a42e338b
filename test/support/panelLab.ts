import type { Address, Hex } from "viem";
import { keccak256 } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { panelArbitratorAbi } from "#protocol/arbitrationAbi.ts";
import type { ContestLab } from "./contestLab.ts";
import { compiled } from "./simulatedChain.ts";

/** Wei of the chain's own coin. */
const FEE = 7n;
/** What a challenger passes on to the panel, which does not read it. */
const EXTRA_DATA: Hex = "0x636f7572742031";

export type PanelLab = Awaited<ReturnType<typeof addPanel>>;

/** A panel of one, the lab's organiser, who rules as the test says. Rules with `ruled` let it rule. */
export async function addPanel({ chain, organiser }: Pick<ContestLab, "chain" | "organiser">) {
  const code = compiled("contracts/arbitration/PanelArbitrator.sol/PanelArbitrator");
  const panel = await chain.deploy(code, [[organiser], 1n, FEE], organiser);
  const disputeOf = async (contest: Address, entryId: number) => {
    const call = { to: contest, abi: contestAbi, functionName: "challengeOf", args: [BigInt(entryId)] } as const;
    return (await chain.read(call)).disputeId;
  };

  return {
    panel,
    ruled: { arbitrator: panel, arbitratorExtraDataHash: keccak256(EXTRA_DATA) },

    challenge: (contest: Address, from: Address, entryId: number, evidenceURI = "https://example.org/why") =>
      chain.write({
        from,
        to: contest,
        abi: contestAbi,
        functionName: "challenge",
        args: [BigInt(entryId), evidenceURI, EXTRA_DATA],
        value: FEE,
      }),

    submitEvidence: (contest: Address, from: Address, entryId: number, evidenceURI: string) =>
      chain.write({
        from,
        to: contest,
        abi: contestAbi,
        functionName: "submitEvidence",
        args: [BigInt(entryId), evidenceURI],
      }),

    /** Has the panel rule on the last challenge of an entry: 0 refused, 1 eligible, 2 ineligible. */
    rule: async (contest: Address, entryId: number, ruling: number) =>
      chain.write({
        from: organiser,
        to: panel,
        abi: panelArbitratorAbi,
        functionName: "vote",
        args: [await disputeOf(contest, entryId), BigInt(ruling), "as the test says"],
      }),

    lapse: (contest: Address, from: Address, entryId: number) =>
      chain.write({ from, to: contest, abi: contestAbi, functionName: "lapse", args: [BigInt(entryId)] }),
  };
}
