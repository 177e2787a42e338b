import { expect } from "vitest";
import { startPostgres } from "../../support/postgres.ts";
import { createIndexerLab } from "./indexerLab.ts";
import { startIndexerProcess } from "./indexerProcess.ts";

type Child = ReturnType<typeof startIndexerProcess>;
type Told = {
  /** Another endpoint than that of the real chain. */
  readonly rpc?: string;
  /** Another release's program. */
  readonly main?: string | undefined;
  readonly more?: readonly string[];
};

export type ProcessLab = Awaited<ReturnType<typeof createProcessLab>>;

/** A real chain, a Postgres, and indexers as processes of their own, which end with it at the latest. */
export async function createProcessLab() {
  const [lab, postgres] = await Promise.all([createIndexerLab(), startPostgres()]);
  const own: Child[] = [];

  function start(args: readonly string[], main?: string): Child {
    const child = startIndexerProcess(args, main);
    own.push(child);
    return child;
  }
  const serve = (args: readonly string[], main?: string) => start(["serve", "--log-level", "silent", ...args], main);

  return {
    ...lab,
    postgres,
    start,
    serve,
    /** One that follows the chain and writes. */
    serveWriter(db: string, { rpc = lab.rpc.url, main, more = [] }: Told = {}): Child {
      const contracts = ["--factory", lab.factory, "--node-registry", lab.nodeRegistry];
      return serve(["--db", db, "--rpc", rpc, ...contracts, ...more], main);
    },
    /** One that only reads. */
    serveReader: (db: string, { main }: Told = {}) => serve(["--db", db, "--read-only"], main),
    /** Asks them to end, and makes sure that they end well. */
    async end(...children: readonly Child[]): Promise<void> {
      for (const child of children) {
        child.kill("SIGTERM");
        expect(await child.ended).toEqual({ code: 0, signal: null });
      }
    },
    async close(): Promise<void> {
      for (const child of own) child.kill("SIGKILL");
      await Promise.all(own.map(({ ended }) => ended));
      await lab.close();
      await postgres.close();
    },
  };
}
