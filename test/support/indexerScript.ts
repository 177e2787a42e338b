import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import type { Tally } from "#protocol/tally.ts";
import { createFollower } from "../../indexer/chain/follow.ts";
import { createNotices } from "../../indexer/chain/notices.ts";
import { rpcOver } from "../../indexer/chain/rpc.ts";
import { project } from "../../indexer/project/project.ts";
import { entries } from "../../indexer/project/tables.ts";
import { openDatabase } from "../../indexer/store/openDatabase.ts";
import { createSqliteBackend } from "../../indexer/store/sqliteBackend.ts";
import { createStore } from "../../indexer/store/store.ts";
import { tell } from "../../indexer/stream/tell.ts";
import { readIndex } from "../integration/indexer/openIndex.ts";
import { CrashError, crashingDatabase } from "./crashingDatabase.ts";
import type { Move, ScriptedChain } from "./scriptedChain.ts";
import { createScriptedChain } from "./scriptedChain.ts";
import { CHAIN_ID, FACTORY, REGISTRY } from "./scriptedLogs.ts";

const ENTRIES = 3;
const FINALITY = 6;

/** One step of a script. */
type Act =
  | { readonly kind: "mine"; readonly moves: readonly Move[]; readonly seconds: number }
  | { readonly kind: "fork"; readonly depth: number }
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
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("mine" as const),
      moves: fc.array(move, { maxLength: 4 }),
      seconds: fc.integer({ min: 1, max: 30 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("fork" as const), depth: fc.integer({ min: 1, max: FINALITY }) }),
  },
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

type Played = {
  readonly chain: ScriptedChain;
  readonly crashes: number;
  readonly forks: number;
  /** All that the fold wrote. */
  readonly tables: Readonly<Record<string, readonly unknown[]>>;
};

/** Plays a script to its end and looks a last time. Throws where a look ends with other tallies than the reference's. */
export async function playScript({ hasTag, acts }: Script): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), "coindrop-script-"));
  const chain = createScriptedChain({ entries: ENTRIES, finality: hasTag ? FINALITY : undefined });
  let [crashes, forks, lives, highest] = [0, 0, 0, 0];
  const fileOf = (life: number) => join(folder, `${life}.sqlite`);
  try {
    for (const step of acts) {
      if (step.kind === "mine") chain.mine(step.moves, step.seconds);
      highest = Math.max(highest, chain.head());
      if (step.kind === "fork") {
        // What was final under the highest head stays.
        const depth = Math.min(step.depth, chain.head() - Math.max(1, highest - FINALITY));
        if (depth > 0) forks += 1;
        chain.forget(Math.max(0, depth));
        chain.mine([]);
      }
      if (step.kind === "rewrite") {
        chain.forget(step.depth);
        for (let block = 0; block <= step.depth; block++) chain.mine([]);
      }
      if (step.kind !== "look") continue;
      const dead = step.crash === undefined ? undefined : { at: step.crash, copy: fileOf(lives + 1) };
      if ((await look(chain, fileOf(lives), dead)) !== "died") continue;
      crashes += 1;
      lives += 1;
    }
    await look(chain, fileOf(lives));
    return { chain, crashes, forks, tables: await readIndex(fileOf(lives)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What an indexer writes that sees only how it ended. */
export async function foldAnew(chain: ScriptedChain): Promise<Played["tables"]> {
  const folder = mkdtempSync(join(tmpdir(), "coindrop-script-"));
  try {
    await look(chain, join(folder, "fresh.sqlite"));
    return await readIndex(join(folder, "fresh.sqlite"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function look(chain: ScriptedChain, file: string, dead?: { readonly at: number; readonly copy: string }) {
  const real = openDatabase(file);
  const open = dead === undefined ? real : crashingDatabase(real, { file, ...dead });
  const store = createStore({ backend: createSqliteBackend(open), project, tell });
  const follower = createFollower({
    rpc: rpcOver({ request: chain.request }, "script"),
    store,
    factory: FACTORY,
    nodeRegistry: REGISTRY,
    chainId: CHAIN_ID,
    file,
    fromBlock: 0,
    finalityDepth: FINALITY,
    auditBlocks: FINALITY,
    notices: createNotices(),
    pollMs: 1,
    now: Date.now,
    onChange: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  const stop = new AbortController();
  let ended: unknown;
  const running = follower.run(stop.signal).then(
    () => "stopped",
    (error: unknown) => {
      ended = error;
    },
  );
  try {
    while (ended === undefined && !(await isThere())) await nextTurn();
    stop.abort();
    await running;
    if (ended instanceof CrashError) return "died";
    if (ended !== undefined) throw ended;
    const rows = await store.read((read) => read.select(entries, `TRUE ORDER BY "entryId"`));
    const tallies = rows.map(({ weight, acc, last }): Tally => ({ weight, acc, last: BigInt(last), status: "live" }));
    if (!equal(tallies, chain.tallies())) throw new Error(`the tallies differ at block ${chain.head()}`);
    return "there";
  } finally {
    real.close();
  }

  async function isThere(): Promise<boolean> {
    try {
      const standing = await store.standing();
      return standing !== undefined && (await store.headerAt(standing.block))?.hash === (await chain.headHash());
    } catch (error) {
      if (error instanceof CrashError) return false;
      throw error;
    }
  }
}

function equal(a: readonly Tally[], b: readonly Tally[]): boolean {
  return (
    a.length === b.length &&
    a.every((tally, index) => {
      const other = b[index];
      return tally.weight === other?.weight && tally.acc === other.acc && tally.last === other.last;
    })
  );
}
