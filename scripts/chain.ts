/**
 * The local chain as a process of its own: Hardhat's simulated network behind HTTP and WebSocket. Nothing is kept on
 * disk; the chain lives as long as the process, and the process no longer than the parent that started it.
 */

import { parseArgs } from "node:util";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { InvalidInputError } from "#protocol/errors.ts";
import { LOCAL_CHAIN_ID } from "./start/localChain.ts";

/** Milliseconds between two empty blocks, so that the head's clock moves while nobody sends. */
const DEFAULT_INTERVAL = 2_000;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    /** Seconds since 1970 of the first block; absent means now. */
    start: { type: "string" },
    /** 0 mines only when there is a transaction. */
    interval: { type: "string", default: String(DEFAULT_INTERVAL) },
  },
});

// Nothing needs saving, and open connections would hold `close` back.
const stop = () => process.exit(0);
process.once("SIGTERM", stop).once("SIGINT", stop).once("disconnect", stop);
// The parent may have gone before anybody listened.
if (process.connected === false) stop();

const start = values.start === undefined ? undefined : wholeNumber("start", values.start);
const runtime = await createHardhatRuntimeEnvironment({
  networks: {
    local: {
      type: "edr-simulated",
      chainType: "l1",
      chainId: LOCAL_CHAIN_ID,
      hardfork: "osaka",
      // The set-up writes days of history within seconds.
      allowBlocksWithSameTimestamp: true,
      mining: { auto: true, interval: wholeNumber("interval", values.interval) },
      ...(start === undefined ? {} : { initialDate: new Date(start * 1_000) }),
    },
  },
});
const server = await runtime.network.createServer("local", "127.0.0.1", wholeNumber("port", values.port));
const { port } = await server.listen();
console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, chainId: LOCAL_CHAIN_ID }));
function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidInputError(`--${name} takes a whole number, got "${text}".`);
  return Number(text);
}
