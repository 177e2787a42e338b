import type { Rpc } from "../../indexer/chain/rpc.ts";
import { rpcOver } from "../../indexer/chain/rpc.ts";
import type { Middleman } from "./rpcServer.ts";
import type { ScriptedChain } from "./scriptedChain.ts";

/** A scripted chain's endpoint in this process, and what stands between. */
export function scriptedRpc(chain: ScriptedChain, between: Middleman = (_, proceed) => proceed()): Rpc {
  return rpcOver(
    { request: (asked) => between({ jsonrpc: "2.0", id: 0, ...asked }, () => chain.request(asked)) },
    "script",
  );
}
