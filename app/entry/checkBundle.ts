import type { AppConfig } from "#protocol/config.ts";
import type { ContestView, EntryView } from "#protocol/http.ts";
import type { NodeView } from "#protocol/httpNodes.ts";
import type { Bundle } from "#protocol/node.ts";
import { readNodeOfKey } from "../chain/readNodeOfKey.ts";
import { chatClient } from "./chatClient.ts";
import { type Verified, verifyReceipt } from "./verifyReceipt.ts";

type Served = { readonly contest: ContestView; readonly entry: EntryView; readonly node: NodeView };

const seen = new Set<string>();

/** Checks an answer's receipt against the chain and remembers its nonce: the same receipt holds once. */
export function checkBundle(config: AppConfig, bundle: Bundle, { contest, entry, node }: Served): Promise<Verified> {
  const { nonce } = bundle.receipt;
  const fresh = !seen.has(nonce);
  seen.add(nonce);
  return verifyReceipt({
    bundle,
    node: node.address,
    client: chatClient(),
    now: Date.now() / 1000,
    fresh,
    contest: contest.address,
    entry,
    chainId: config.chainId,
    registry: config.nodeRegistry,
    nodeOfKey: (key) => readNodeOfKey(config, key),
    listedKeys: node.keys,
  });
}
