import { get } from "node:http";
import { startBenchIndexer } from "./benchIndexer.ts";
import type { StaticChain } from "./startStaticChain.ts";

const BLOCKS_A_SECOND = 20;

type LiveOptions = { readonly file: string; readonly blocks: number; readonly listeners: number };

/** Milliseconds from the moment a block is mined to that at which a listener has its message. */
export async function measureLive(chain: StaticChain, { file, blocks, listeners }: LiveOptions) {
  const indexer = await startBenchIndexer(chain.url, file);
  const heard: (readonly [block: number, moment: bigint])[] = [];
  const streams = await Promise.all(
    Array.from({ length: listeners }, () =>
      listen(`${indexer.url}/v1/events`, (block) => heard.push([block, process.hrtime.bigint()])),
    ),
  );
  const mined = await chain.mine(BLOCKS_A_SECOND, blocks);
  await indexer.reaches(Math.max(...mined.keys()));
  for (let waited = 0; heard.length < blocks * listeners && waited < 10_000; waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const peakMb = indexer.peakMb();
  for (const stop of streams) stop();
  await indexer.stop();
  const delays = heard
    .flatMap(([block, moment]) => {
      const at = mined.get(block);
      return at === undefined ? [] : [Number(moment - at) / 1e6];
    })
    .sort((a, b) => a - b);
  const quantile = (share: number) =>
    delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? Number.NaN;
  return { p50: quantile(0.5), p99: quantile(0.99), peakMb };
}

/** Calls back with the number of each block that the stream tells of. */
function listen(url: string, onBlock: (block: number) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        const whole = text.split("\n\n");
        text = whole.pop() ?? "";
        for (const message of whole) {
          const number = /data: \{"kind":"block","block":\{"number":(\d+)/.exec(message)?.[1];
          if (number !== undefined) onBlock(Number(number));
        }
      });
      resolve(() => request.destroy());
    });
    request.on("error", reject);
  });
}
