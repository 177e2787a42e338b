import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { project } from "../../indexer/project/project.ts";
import { entries } from "../../indexer/project/tables.ts";
import { DatabaseAwayError } from "../../indexer/store/DatabaseAwayError.ts";
import type { Store } from "../../indexer/store/store.ts";
import { createStore } from "../../indexer/store/store.ts";
import { tell } from "../../indexer/stream/tell.ts";
import { dump } from "../unit/indexer/memoryStore.ts";
import { CrashError } from "./crashingDatabase.ts";
import type { Move, ScriptedChain } from "./scriptedChain.ts";
import { createScriptedChain } from "./scriptedChain.ts";
import { createScriptedFollower, FINALITY } from "./scriptedFollower.ts";
import { scriptedRpc } from "./scriptedRpc.ts";
import type { Home } from "./scriptHomes.ts";
import { sqliteHome } from "./scriptHomes.ts";

export const ENTRIES = 3;

/** What the chain does. */
type ChainAct =
  | { readonly kind: "mine"; readonly moves: readonly Move[]; readonly seconds: number }
  | { readonly kind: "fork"; readonly depth: number };
/** One step of a script. */
type Act =
  | ChainAct
  /** A fork of any depth. */
  | { readonly kind: "rewrite"; readonly depth: number }
  /** The indexer looks and catches up; or dies before its write number `crash`, and the next one goes on. */
  | { readonly kind: "look"; readonly crash: number | undefined };

export type Script = { readonly hasTag: boolean; readonly acts: readonly Act[] };

const move = fc.record({
  voter: fc.integer({ min: 1, max: 4 }),
  entryId: fc.integer({ min: 1, max: ENTRIES }),
  stake: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 2n ** 90n })),
});
export const mining: fc.Arbitrary<ChainAct> = fc.record({
  kind: fc.constant("mine" as const),
  moves: fc.array(move, { maxLength: 4 }),
  seconds: fc.integer({ min: 1, max: 30 }),
});
export const forking: fc.Arbitrary<ChainAct> = fc.record({
  kind: fc.constant("fork" as const),
  depth: fc.integer({ min: 1, max: FINALITY }),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: mining },
  { weight: 2, arbitrary: forking },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("look" as const), crash: fc.oneof(fc.constant(undefined), fc.nat(40)) }),
  },
);

/** Blocks, forks down to the finality limit, looks of the indexer and its deaths, at random. */
export const scripts: fc.Arbitrary<Script> = fc.record({
  hasTag: fc.boolean(),
  acts: fc.array(act, { minLength: 8, maxLength: 40 }),
});

type Tables = Readonly<Record<string, readonly unknown[]>>;
type Played = {
  readonly chain: ScriptedChain;
  readonly crashes: number;
  readonly forks: number;
  /** All that the fold wrote. */
  readonly tables: Tables;
};

/** The chain of a script, and what acts on it: forks go no deeper than what was final under the highest head. */
export function createActor(hasTag: boolean) {
  const chain = createScriptedChain({ entries: ENTRIES, finality: hasTag ? FINALITY : undefined });
  let [forks, highest] = [0, 0];
  function play(act: ChainAct): void {
    if (act.kind === "mine") {
      chain.mine(act.moves, act.seconds);
    } else {
      const depth = Math.min(act.depth, chain.head() - Math.max(1, highest - FINALITY));
      if (depth > 0) forks += 1;
      chain.forget(Math.max(0, depth));
      chain.mine([]);
    }
    highest = Math.max(highest, chain.head());
  }
  return { chain, play, forks: () => forks };
}

/**
 * Plays a script to its end and looks a last time. Throws where the database holds other tallies than the reference's
 * for its own block, after a look or a death.
 */
export async function playScript({ hasTag, acts }: Script, home: Home = sqliteHome()): Promise<Played> {
  const { chain, play, forks } = createActor(hasTag);
  let crashes = 0;
  try {
    for (const step of acts) {
      if (step.kind === "mine" || step.kind === "fork") play(step);
      if (step.kind === "rewrite") {
        chain.forget(step.depth);
        for (let block = 0; block <= step.depth; block++) chain.mine([]);
      }
      if (step.kind === "look" && (await look(chain, home, step.crash)) === "died") crashes += 1;
    }
    await look(chain, home);
    return { chain, crashes, forks: forks(), tables: await tablesOf(home) };
  } finally {
    home.close();
  }
}

/** What an indexer writes that sees only how it ended. */
export async function foldAnew(chain: ScriptedChain): Promise<Tables> {
  const home = sqliteHome();
  try {
    await look(chain, home);
    return await tablesOf(home);
  } finally {
    home.close();
  }
}

async function look(chain: ScriptedChain, home: Home, dieAt?: number): Promise<"there" | "died"> {
  const life = await home.open(dieAt);
  const store = createStore({ backend: life.backend, project, tell });
  const outside = createStore({ backend: life.outside, project, tell });
  const follower = createScriptedFollower(scriptedRpc(chain), store);
  const stop = new AbortController();
  let ended: unknown;
  const running = follower.run(stop.signal).catch((error: unknown) => {
    ended = error;
  });
  try {
    while (ended === undefined && !life.isDead() && !(await isThere())) await nextTurn();
    stop.abort();
    await running;
  } finally {
    await life.end();
  }
  if (ended !== undefined && !(ended instanceof CrashError)) throw ended;
  const after = await home.open();
  try {
    await mustBeReference(createStore({ backend: after.backend, project, tell }), chain);
  } finally {
    await after.end();
  }
  return life.isDead() ? "died" : "there";

  async function isThere(): Promise<boolean> {
    try {
      const standing = await outside.standing();
      return standing !== undefined && (await outside.headerAt(standing.block))?.hash === chain.headHash();
    } catch (error) {
      // Not begun yet, or ended.
      if (error instanceof CrashError || error instanceof DatabaseAwayError) return false;
      throw error;
    }
  }
}

/** Throws where the rows are not what the reference says of the block that they stand at, on whatever branch it was. */
export async function mustBeReference(store: Store, chain: ScriptedChain): Promise<void> {
  const standing = await store.standing().catch((error: unknown) => {
    if (error instanceof DatabaseAwayError) return undefined;
    throw error;
  });
  const header = standing && (await store.headerAt(standing.block));
  if (header === undefined) return;
  const rows = await store.read((read) => read.select(entries, `TRUE ORDER BY "entryId"`));
  const ours = rows.map(({ weight, acc, last }) => `${weight} ${acc} ${last}`);
  const theirs = chain.talliesAfter(header.hash).map(({ weight, acc, last }) => `${weight} ${acc} ${last}`);
  if (ours.join() !== theirs.join()) {
    throw new Error(`at block ${header.number} the rows say ${ours.join()}, the reference ${theirs.join()}`);
  }
}

async function tablesOf(home: Home): Promise<Tables> {
  const life = await home.open();
  try {
    return await dump(createStore({ backend: life.backend, project, tell }));
  } finally {
    await life.end();
  }
}
