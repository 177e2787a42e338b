import type { NodeAttestationView, NodeView } from "#protocol/httpNodes.ts";

export type Serving = {
  readonly node: NodeView;
  readonly attestation: NodeAttestationView;
  /** `late`: no attestation on chain for more than 25 hours; `wrong`: it attested another file. */
  readonly state: "serving" | "late" | "inactive" | "wrong";
  /** Whole hours since the last attestation on chain. */
  readonly hours: number;
};

/** On chain a node attests once a day, so a day and an hour may pass before it counts as late. */
const lateAfterHours = 25;

/** The nodes that attested an entry, those that can be asked first. `now`: seconds since 1970. */
export function servingNodes(
  nodes: readonly NodeView[],
  { contest, entryId, now }: { readonly contest: string; readonly entryId: number; readonly now: number },
): readonly Serving[] {
  const order = { serving: 0, late: 1, inactive: 2, wrong: 3 } as const;
  return nodes
    .flatMap((node): Serving[] => {
      const attestation = node.attestations.find((other) => other.contest === contest && other.entryId === entryId);
      if (attestation === undefined) return [];
      const hours = Math.max(0, Math.floor(now / 3600) - attestation.epoch);
      const state = !attestation.matches
        ? "wrong"
        : !node.active
          ? "inactive"
          : hours > lateAfterHours
            ? "late"
            : "serving";
      return [{ node, attestation, state, hours }];
    })
    .sort((a, b) => order[a.state] - order[b.state] || a.hours - b.hours);
}

/** A node's name for people: the host it answers at. */
export function nodeName({ endpoint }: Pick<NodeView, "endpoint">): string {
  try {
    return new URL(endpoint).host;
  } catch {
    return endpoint;
  }
}
