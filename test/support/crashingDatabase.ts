import { copyFileSync, existsSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { OpenDatabase } from "../../indexer/store/openDatabase.ts";

/** The process is no more. */
export class CrashError extends Error {}

/**
 * A database whose process dies before its write number `at`, counted from 0: what is on the disk at that moment is
 * copied to `copy`, `die` is called, and nothing works from then on. Every statement that writes, opens or ends a transaction is a write.
 */
export function crashingDatabase(
  { database, path, close }: OpenDatabase,
  { file, copy, at, die }: { file: string; copy: string; at: number; die: () => void },
): OpenDatabase {
  let writes = 0;
  let isDead = false;

  function alive(): void {
    if (isDead) throw new CrashError("this process is dead");
  }
  function write(): void {
    alive();
    if (writes === at) {
      isDead = true;
      die();
      for (const end of ["", "-wal"]) if (existsSync(file + end)) copyFileSync(file + end, copy + end);
      throw new CrashError("this process dies");
    }
    writes += 1;
  }

  const statement = (inner: StatementSync): StatementSync =>
    new Proxy(inner, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        return (...args: readonly unknown[]) => {
          if (key === "run") write();
          else alive();
          return (value as (...given: readonly unknown[]) => unknown).apply(target, [...args]);
        };
      },
    });
  const dying = new Proxy(database, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: readonly unknown[]) => {
        if (key === "exec") write();
        else alive();
        const answer: unknown = (value as (...given: readonly unknown[]) => unknown).apply(target, [...args]);
        return key === "prepare" ? statement(answer as StatementSync) : answer;
      };
    },
  });
  return { database: dying as DatabaseSync, path, close };
}
