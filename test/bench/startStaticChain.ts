import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const MAIN = fileURLToPath(new URL("staticChain.ts", import.meta.url));
const Ready = z.object({ url: z.url(), blocks: z.number() });
const Mined = z.object({ mined: z.array(z.tuple([z.number(), z.string()])) });

export type StaticChain = Awaited<ReturnType<typeof startStaticChain>>;

/** Starts the static endpoint; logs are written to `file` first. */
export async function startStaticChain(events: number, file: string) {
  const child = fork(MAIN, [String(events), file], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const { url, blocks } = Ready.parse((await once(child, "message"))[0]);
  return {
    url,
    blocks,
    /** Sets the newest block. */
    async setHead(head: number): Promise<void> {
      child.send({ head });
      await once(child, "message");
    },
    /** Mines on; gives the moment of each block by number, in nanoseconds of the system's monotonic clock. */
    async mine(rate: number, count: number): Promise<ReadonlyMap<number, bigint>> {
      child.send({ rate, blocks: count });
      const { mined } = Mined.parse((await once(child, "message"))[0]);
      return new Map(mined.map(([number, moment]) => [number, BigInt(moment)]));
    },
    stop: () => child.disconnect(),
  };
}
