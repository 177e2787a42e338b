import { useQuery } from "@tanstack/react-query";
import { useConfig } from "../config/useConfig.ts";
import { useChainNow } from "../data/clock.ts";
import { nodesQuery } from "../data/queries.ts";
import { type Serving, servingNodes } from "./servingNodes.ts";

/** The nodes that attested an entry, with the state of asking for them. */
export function useServing(contest: string, entryId: number) {
  const query = useQuery(nodesQuery(useConfig()));
  const now = useChainNow("minute");
  const serving: readonly Serving[] | undefined =
    query.data === undefined ? undefined : servingNodes(query.data.nodes, { contest, entryId, now });
  return { query, serving };
}
