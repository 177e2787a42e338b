import { createClient, http, rpcSchema } from "viem";
import { z } from "zod";

/** Methods of Hardhat's network that change its clock. */
type ClockSchema = [
  { Method: "evm_setNextBlockTimestamp"; Parameters: [number]; ReturnType: unknown },
  { Method: "evm_mine"; Parameters: []; ReturnType: unknown },
  { Method: "evm_setIntervalMining"; Parameters: [number]; ReturnType: unknown },
  { Method: "hardhat_setBalance"; Parameters: [string, string]; ReturnType: unknown },
  { Method: "eth_getBlockByNumber"; Parameters: ["latest", false]; ReturnType: unknown },
];

const headSchema = z.object({
  timestamp: z
    .string()
    .regex(/^0x[0-9a-f]+$/)
    .transform(Number),
});

export type ChainClock = ReturnType<typeof createChainClock>;

/** The clock of a local chain. Times in seconds since 1970; it never goes back. */
export function createChainClock(rpcUrl: string) {
  const client = createClient({ transport: http(rpcUrl), rpcSchema: rpcSchema<ClockSchema>() });

  /** Timestamp of the newest block. */
  async function now(): Promise<number> {
    return headSchema.parse(await client.request({ method: "eth_getBlockByNumber", params: ["latest", false] }))
      .timestamp;
  }

  /** The next transaction's block is not earlier than `time`. */
  async function advanceTo(time: number): Promise<void> {
    if (time > (await now())) await client.request({ method: "evm_setNextBlockTimestamp", params: [time] });
  }

  /** From here on the chain's clock is the machine's, and blocks come on their own every `interval` milliseconds. */
  async function followWallClock(interval: number): Promise<void> {
    await advanceTo(Math.floor(Date.now() / 1_000));
    await client.request({ method: "evm_mine", params: [] });
    await client.request({ method: "evm_setIntervalMining", params: [interval] });
  }

  /** Gives an account wei of the chain's own coin out of nothing. */
  async function setBalance(account: string, wei: bigint): Promise<void> {
    await client.request({ method: "hardhat_setBalance", params: [account, `0x${wei.toString(16)}`] });
  }

  return { now, advanceTo, followWallClock, setBalance };
}
