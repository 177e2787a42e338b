import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import type { Tally } from "#protocol/tally.ts";
import { projectedScore } from "#protocol/tally.ts";
import { project } from "../../../indexer/project/project.ts";
import { openBackend } from "../../../indexer/store/openBackend.ts";
import { createStore } from "../../../indexer/store/store.ts";
import { tell } from "../../../indexer/stream/tell.ts";
import { createActor, forking, mining, mustBeReference } from "../../support/indexerScript.ts";
import { RpcFault, startRpcServer } from "../../support/rpcServer.ts";
import type { ScriptedChain } from "../../support/scriptedChain.ts";
import { CONTEST, RULES } from "../../support/scriptedLogs.ts";
import { until } from "../../support/until.ts";
import { clientOf } from "./indexerLab.ts";
import { startScripted } from "./scriptedProcess.ts";

/** The process asks the chain so many times more, then some milliseconds pass. */
type Moment = { readonly requests: number; readonly ms: number };
/** At the moment the chain goes on, or the process is killed and the next one started. */
type Step = Moment &
  ({ readonly kill: true } | { readonly act: typeof mining extends fc.Arbitrary<infer A> ? A : never });

const moment = { requests: fc.nat(12), ms: fc.nat(8) };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 7, arbitrary: fc.record({ ...moment, act: fc.oneof({ weight: 3, arbitrary: mining }, forking) }) },
  { weight: 1, arbitrary: fc.record({ ...moment, kill: fc.constant(true as const) }) },
);

/** Blocks before the first process, and what then happens to the chain and to the processes; each is killed at least once. */
export const killedScripts = fc.record({
  hasTag: fc.boolean(),
  before: fc.array(mining, { minLength: 5, maxLength: 30 }),
  first: fc.record({ ...moment, kill: fc.constant(true as const) }),
  steps: fc.array(step, { minLength: 6, maxLength: 24 }),
});
type KilledScript = typeof killedScripts extends fc.Arbitrary<infer S> ? S : never;

/** Narrow, so that there are many commits to be killed between and inside of. */
const WIDEST = 3;
/** A process may take its time to start on a machine with much else to do. */
const PATIENCE_MS = 600_000;
const WINDOW = { countFrom: BigInt(RULES.countFrom), votesClose: BigInt(RULES.votesClose) };

/**
 * Plays a script against real processes that are killed without warning. Throws where one leaves rows behind that are not
 * the reference's, and where the last one serves others. Returns with the last one ended.
 */
export async function playKilled({ hasTag, before, first, steps }: KilledScript, db: string) {
  const { chain, play, forks } = createActor(hasTag);
  for (const act of before) play(act);
  const rpc = await startRpcServer(chain);
  rpc.intercept(({ method, params }, proceed) => {
    const [filter] = (params ?? []) as [{ fromBlock?: string; toBlock?: string }];
    const isWide = filter?.fromBlock !== undefined && Number(filter.toBlock) - Number(filter.fromBlock) >= WIDEST;
    if (method === "eth_getLogs" && isWide) throw new RpcFault(-32602, "range too wide");
    return proceed();
  });
  let child = startScripted({ rpc: rpc.url, db });
  let kills = 0;
  try {
    for (const step of [first, ...steps]) {
      const wanted = rpc.asked() + step.requests;
      await until("the process to ask the chain", () => rpc.asked() >= wanted || child.hasEnded(), PATIENCE_MS);
      await pause(step.ms);
      if ("act" in step) {
        play(step.act);
        continue;
      }
      child.kill("SIGKILL");
      const how = await child.ended;
      if (how.signal !== "SIGKILL") throw new Error(`the process ended by itself: ${child.errors()}`);
      kills += 1;
      await withStore(db, (store) => mustBeReference(store, chain));
      child = startScripted({ rpc: rpc.url, db });
    }
    await mustServe(await child.ready, chain);
    child.kill("SIGTERM");
    const { code } = await child.ended;
    if (code !== 0) throw new Error(`the last process ended with code ${code}: ${child.errors()}`);
    return { chain, kills, forks: forks() };
  } finally {
    child.kill("SIGKILL");
    await child.ended;
    await rpc.close();
  }
}

/** Waits until the chain's newest block is served, and compares the scores with the reference's. */
async function mustServe(url: string, chain: ScriptedChain): Promise<void> {
  const { rows } = await until(
    "the newest block to be served",
    async () => {
      const answer = await clientOf(url)
        .ranking({ contest: CONTEST })
        .catch(() => undefined);
      return answer?.at.block.hash === chain.headHash() ? answer : undefined;
    },
    PATIENCE_MS,
  );
  const served = rows.toSorted((a, b) => a.entryId - b.entryId).map(({ score }) => score);
  const reference = chain.tallies().map((tally: Tally) => projectedScore(tally, WINDOW).toString());
  if (served.join() !== reference.join())
    throw new Error(`served ${served.join()}, the reference says ${reference.join()}`);
}

async function withStore<T>(db: string, work: (store: ReturnType<typeof createStore>) => Promise<T>): Promise<T> {
  const store = createStore({ backend: openBackend(db), project, tell });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
