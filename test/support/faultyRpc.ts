import type { Middleman } from "./rpcServer.ts";
import { HttpFault, RpcFault } from "./rpcServer.ts";

type RawLog = { readonly address: string; readonly blockNumber: string; readonly logIndex: string };

/** How an endpoint can be at fault, each as what stands between it and whoever asks. `times`: how often; then it is whole. */
export const faults = {
  /** Leaves the last log out of answers that have at least `least`. */
  forgetLast: (times: number, least = 1) => onLogs(times, least, (logs) => logs.slice(0, -1)),
  /** Says that there are no logs at all. */
  forgetAll: (times: number) => onLogs(times, 1, () => []),
  /** Never tells of the logs of one block. */
  forgetBlock: (block: number) =>
    onLogs(Number.POSITIVE_INFINITY, 1, (logs) => logs.filter(({ blockNumber }) => Number(blockNumber) !== block)),
  /** Says everything twice, backwards. */
  stutter: (times: number) => onLogs(times, 1, (logs) => [...logs, ...logs].reverse()),
  /** Adds a log that nobody emitted. */
  invent: (times: number, address: string) =>
    onLogs(times, 1, (logs) => [...logs, { ...(logs[0] as RawLog), address, logIndex: "0x3e7" }]),
  /** Does not know a method. */
  without:
    (unknown: string): Middleman =>
    async ({ method }, proceed) => {
      if (method === unknown) throw new RpcFault(-32601, `the method ${unknown} does not exist`);
      return proceed();
    },
  /** Asks to come back later. */
  limit: (times: number, seconds: number) =>
    some(times, () => {
      throw new HttpFault(429, { "retry-after": String(seconds) });
    }),
  /** Takes a request and never answers. */
  hang: (times: number) => some(times, () => new Promise(() => {})),
};

/** Several faults at once. */
export function together(...middlemen: readonly Middleman[]): Middleman {
  return middlemen.reduce((outer, inner) => (call, proceed) => outer(call, () => inner(call, proceed)));
}

function some(times: number, act: () => Promise<unknown>): Middleman {
  let left = times;
  return (_, proceed) => {
    if (left === 0) return proceed();
    left -= 1;
    return act();
  };
}

function onLogs(times: number, least: number, change: (logs: readonly RawLog[]) => readonly unknown[]): Middleman {
  let left = times;
  return async ({ method }, proceed) => {
    const answer = await proceed();
    if (method !== "eth_getLogs" || left === 0 || !Array.isArray(answer) || answer.length < least) return answer;
    left -= 1;
    return change(answer as RawLog[]);
  };
}
