import type { AppConfig } from "#protocol/config.ts";
import type { ContestView, EntryView, NodeView } from "#protocol/http.ts";
import type { Bundle } from "#protocol/node.ts";
import { readNodeOfKey } from "../chain/readNodeOfKey.ts";
import { type Verified, verifyReceipt } from "./verifyReceipt.ts";

type Served = { readonly contest: ContestView; readonly entry: EntryView; readonly node: NodeView };

/** Checks an answer's receipt against the chain; where the chain is silent, against the keys that the indexer listed. */
export function checkBundle(config: AppConfig, bundle: Bundle, { contest, entry, node }: Served): Promise<Verified> {
  return verifyReceipt({
    bundle,
    node: node.address,
    contest: contest.address,
    entry,
    chainId: config.chainId,
    registry: config.nodeRegistry,
    nodeOfKey: (key) => readNodeOfKey(config, key).catch(() => (node.keys.includes(key) ? node.address : null)),
  });
}
