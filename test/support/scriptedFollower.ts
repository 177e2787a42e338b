import type { FollowOptions } from "../../indexer/chain/follow.ts";
import { createFollower } from "../../indexer/chain/follow.ts";
import { createNotices } from "../../indexer/chain/notices.ts";
import type { Rpc } from "../../indexer/chain/rpc.ts";
import type { Store } from "../../indexer/store/store.ts";
import { CHAIN_ID, FACTORY, REGISTRY } from "./scriptedLogs.ts";

/** Blocks below the head that are final. */
export const FINALITY = 6;

/** What follows a scripted chain into a store, as a process does. */
export function createScriptedFollower(rpc: Rpc, store: Store, more: Partial<FollowOptions> = {}) {
  return createFollower({
    rpc,
    store,
    factory: FACTORY,
    nodeRegistry: REGISTRY,
    chainId: CHAIN_ID,
    file: "script",
    fromBlock: 0,
    finalityDepth: FINALITY,
    auditBlocks: FINALITY,
    notices: createNotices(),
    pollMs: 1,
    now: Date.now,
    onChange: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
    ...more,
  });
}
