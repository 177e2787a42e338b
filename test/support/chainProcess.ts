import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { startService } from "../../scripts/start/service.ts";
import { root } from "../../scripts/tool/root.ts";

/** The house's local chain in a process of its own. `start`: seconds since 1970 of its first block; absent means now. */
export async function startChainProcess(start?: number) {
  const service = startService({
    name: "the chain",
    file: path.join(root, "scripts/chain.ts"),
    args: ["--interval", "0", ...(start === undefined ? [] : ["--start", String(start)])],
    logFile: path.join(tmpdir(), `coindrop-chain-${process.pid}.log`),
  });
  const { url } = z.object({ url: z.string() }).parse(await service.ready);
  return {
    url,
    stop: async () => {
      service.kill("SIGTERM");
      await service.exited;
    },
  };
}
