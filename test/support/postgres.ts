import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { until } from "./until.ts";

const DEBIAN = "/usr/lib/postgresql";

/**
 * A Postgres of its own in a temporary folder, reached through a socket there. It ends with the process that started
 * it, however that ends. Where none is installed, Debian's is.
 */
export async function startPostgres() {
  const bin = findPostgres() ?? installPostgres();
  const folder = mkdtempSync(path.join(tmpdir(), "coindrop-pg-"));
  const owner = ownerOf();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = path.join(folder, "data");
  const options = { cwd: folder, ...owner, env: { PATH: process.env["PATH"], LC_ALL: "C" } };
  const initial = ["-D", data, "-U", "coindrop", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  execFileSync(path.join(bin, "initdb"), initial, { ...options, stdio: "pipe" });

  const url = `postgres://coindrop@localhost/postgres?host=${encodeURIComponent(folder)}`;
  const settings = ["listen_addresses=", "fsync=off", "max_connections=60", "log_min_messages=fatal"];
  // The shell beside it stops it when this process is gone: then there is nothing more to read.
  const script = '"$@" & server=$!; exec 3<&0; (cat <&3 >/dev/null; kill -INT $server) 2>/dev/null & wait $server';
  let running: { child: ChildProcess; gone: Promise<unknown> } | undefined;

  async function start(): Promise<void> {
    const given = settings.flatMap((setting) => ["-c", setting]);
    const command = [path.join(bin, "postgres"), "-D", data, "-k", folder, ...given];
    const child = spawn("sh", ["-c", script, "sh", ...command], { ...options, stdio: ["pipe", "ignore", "ignore"] });
    running = { child, gone: new Promise((resolve) => child.once("exit", resolve)) };
    await until("Postgres to answer", async () => {
      if (child.exitCode !== null) throw new Error(`Postgres ended with code ${child.exitCode}.`);
      const client = new Client({ connectionString: url });
      client.on("error", () => {});
      const answers = await client.connect().then(
        () => true,
        () => false,
      );
      await client.end().catch(() => {});
      return answers;
    });
  }

  /** Ends every connection at once, without a word to whoever has one. */
  async function stop(): Promise<void> {
    running?.child.stdin?.end();
    await running?.gone;
    running = undefined;
  }

  await start();
  return {
    url,
    start,
    stop,
    /** The address of a database of its own. */
    async database(name: string): Promise<string> {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query(`CREATE DATABASE "${name}"`);
      await client.end();
      return url.replace("/postgres?", `/${name}?`);
    },
    async close(): Promise<void> {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The folder of the programs; undefined where there are none. */
function findPostgres(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env["PATH"] ?? "").split(path.delimiter),
    ...versions.map((version) => path.join(DEBIAN, version, "bin")),
  ];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => existsSync(path.join(folder, name))));
}

function installPostgres(): string {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = (...args: string[]) => {
    const [program = "apt-get", ...rest] = [...sudo, "apt-get", ...args];
    execFileSync(program, rest, { stdio: "pipe", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  };
  try {
    apt("update", "-q");
    apt("install", "-q", "-y", "--no-install-recommends", "postgresql");
  } catch (error) {
    throw new Error("These tests need Postgres: install it (Debian: apt-get install postgresql).", { cause: error });
  }
  const found = findPostgres();
  if (found === undefined) throw new Error("Debian's postgresql was installed, and initdb is not found.");
  return found;
}

/** Postgres refuses to run as root: then it runs as the system's own user for it, or as nobody. */
function ownerOf(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // The next one.
    }
  }
  throw new Error("Postgres refuses to run as root, and there is neither a user postgres nor nobody.");
}
