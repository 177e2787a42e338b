import type { Hex } from "viem";
import { RetryableError } from "#protocol/errors.ts";
import { ChainUnreachableError, EndpointsDisagreeError, RequestRefusedError, WrongChainError } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Notices } from "./notices.ts";
import type { LogFilter, Rpc } from "./rpc.ts";

type Endpoint = { readonly rpc: Rpc; admitted: boolean };

/**
 * Several endpoints of one chain as one: each is compared with the others, and one that fails is passed over. Logs are
 * what any of them gave. An endpoint on another chain throws `WrongChainError`, two heads that contradict each other
 * `EndpointsDisagreeError`.
 */
export function joinEndpoints(rpcs: readonly Rpc[], notices: Notices): Rpc {
  const [first] = rpcs;
  if (first === undefined) throw new RangeError("no endpoint is given");
  const endpoints = rpcs.map((rpc): Endpoint => ({ rpc, admitted: false }));
  let chain: { readonly id: number; readonly genesis: Hex } | undefined;

  /** Makes sure, once after each failure, that an endpoint speaks of the same chain as the others. */
  async function admit(endpoint: Endpoint): Promise<Rpc> {
    const { rpc } = endpoint;
    if (endpoint.admitted) return rpc;
    const [id, genesis] = await Promise.all([rpc.chainId(), rpc.header(0)]);
    if (genesis === null) throw new ChainUnreachableError(`${rpc.name} does not know block 0.`);
    chain ??= { id, genesis: genesis.hash };
    if (chain.id !== id || chain.genesis !== genesis.hash) {
      throw new WrongChainError(`${rpc.name} is on another chain than the other endpoints.`, {
        metaMessages: [
          `chain id: ${id} there, ${chain.id} elsewhere`,
          `hash of block 0: ${genesis.hash} there, ${chain.genesis} elsewhere`,
          "Give --rpc endpoints of one chain.",
        ],
      });
    }
    endpoint.admitted = true;
    return rpc;
  }

  /** The first answer that an endpoint gives; the last one's error where none does. */
  async function any<T>(ask: (rpc: Rpc) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const endpoint of endpoints) {
      try {
        return await ask(await admit(endpoint));
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        if (!(error instanceof RequestRefusedError)) endpoint.admitted = false;
        failure = error;
      }
    }
    throw failure;
  }

  /** What each endpoint answers that can. */
  async function all<T>(ask: (rpc: Rpc) => Promise<T>): Promise<{ readonly rpc: Rpc; readonly answer: T }[]> {
    const settled = await Promise.allSettled(
      endpoints.map(async (endpoint) => ({ rpc: endpoint.rpc, answer: await ask(await admit(endpoint)) })),
    );
    for (const [index, result] of settled.entries()) {
      if (result.status === "fulfilled") continue;
      if (!(result.reason instanceof RetryableError)) throw result.reason;
      const endpoint = endpoints[index];
      if (endpoint !== undefined && !(result.reason instanceof RequestRefusedError)) endpoint.admitted = false;
    }
    const answers = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = settled.find((result) => result.status === "rejected");
    if (answers.length === 0 && failed !== undefined) throw failed.reason;
    return answers;
  }

  /** The newest block that all who answer hold alike: nobody's word alone is taken for the head. */
  async function agreedHead() {
    const heads = (await all((rpc) => rpc.header("latest"))).flatMap(({ rpc, answer }) =>
      answer === null ? [] : [{ rpc, header: answer }],
    );
    const [lowest, ...higher] = heads.sort((a, b) => a.header.number - b.header.number);
    if (lowest === undefined) return null;
    for (const { rpc, header } of higher) {
      const theirs = header.number === lowest.header.number ? header : await rpc.header(lowest.header.number);
      if (theirs === null || theirs.hash === lowest.header.hash) continue;
      notices.disagreements += 1;
      throw new EndpointsDisagreeError(`The endpoints do not agree on block ${lowest.header.number}.`, {
        metaMessages: [
          `${lowest.rpc.name}: ${lowest.header.hash}`,
          `${rpc.name}: ${theirs.hash}`,
          "One of them is on a branch of its own; nothing is folded until they agree. Leave the wrong one out of --rpc.",
        ],
      });
    }
    // One that lags far behind would hold everything up, so the newest counts; what it alone knows is checked by its bloom.
    return heads.at(-1)?.header ?? null;
  }

  async function logs(filter: LogFilter): Promise<Log[]> {
    const answers = await all((rpc) => rpc.logs(filter));
    const [one, ...others] = answers;
    if (one === undefined) return [];
    const found = new Map(one.answer.map((log) => [idOf(log), log]));
    for (const { rpc, answer } of others) {
      for (const log of answer) mustAgree(one.rpc, found.get(idOf(log)), rpc, log);
      const ids = new Set(answer.map(idOf));
      if (ids.size === found.size && answer.every((log) => found.has(idOf(log)))) continue;
      if (!(await sameEnd(one.rpc, rpc, filter))) continue;
      notices.disagreements += 1;
      for (const log of answer) found.set(idOf(log), log);
    }
    return one.answer.length >= found.size ? one.answer : [...found.values()];
  }

  /** One of them lies about what a log says, and nothing tells which. */
  function mustAgree(one: Rpc, ours: Log | undefined, other: Rpc, theirs: Log): void {
    if (ours === undefined || saidBy(ours) === saidBy(theirs)) return;
    notices.disagreements += 1;
    throw new EndpointsDisagreeError(`The endpoints do not agree on a log of block ${theirs.block}.`, {
      metaMessages: [
        `Log: ${theirs.logIndex} of transaction ${theirs.transaction}`,
        `${one.name}: ${saidBy(ours).slice(0, 500)}`,
        `${other.name}: ${saidBy(theirs).slice(0, 500)}`,
        "Nothing is folded until they agree. Leave the wrong one out of --rpc.",
      ],
    });
  }

  return {
    name: rpcs.map(({ name }) => name).join(", "),
    chainId: () => any((rpc) => rpc.chainId()),
    header: (at) => (at === "latest" ? agreedHead() : any((rpc) => rpc.header(at))),
    headers: (numbers) => any((rpc) => rpc.headers(numbers)),
    logs,
    receiptLogs: (blockHash) => any((rpc) => rpc.receiptLogs(blockHash)),
    nonce: (address, at) => any((rpc) => rpc.nonce(address, at)),
    code: (address) => any((rpc) => rpc.code(address)),
    call: (to, data, at) => any((rpc) => rpc.call(to, data, at)),
    async onHead(wake) {
      const stops = await Promise.all(rpcs.map((rpc) => rpc.onHead(wake)));
      return () => {
        for (const stop of stops) stop();
      };
    },
    async close() {
      await Promise.all(rpcs.map((rpc) => rpc.close()));
    },
  };
}

const idOf = ({ blockHash, logIndex, transaction }: Log) => `${blockHash} ${logIndex} ${transaction}`;

const saidBy = ({ address, topics, data }: Log) => [address, ...topics, data].join(" ");

/** Whether both know the range's last block, and as the same: one that lags, or is on another branch, proves nothing. */
async function sameEnd(a: Rpc, b: Rpc, filter: LogFilter): Promise<boolean> {
  if ("blockHash" in filter) return true;
  const [one, other] = await Promise.all([a.header(filter.to), b.header(filter.to)]);
  return one !== null && one.hash === other?.hash;
}
