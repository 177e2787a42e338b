import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SOCKET = ".s.PGSQL.5432";

/**
 * Stands before a Postgres that is reached through a socket, and cuts every connection before piece number `at` passes,
 * counted from 0 over both directions: a question that never arrives, or an answer to one that was carried out.
 */
export async function startCutter(url: string, at: number) {
  const folder = mkdtempSync(join(tmpdir(), "coindrop-cut-"));
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(join(new URL(url).searchParams.get("host") ?? "", SOCKET));
    pass(near, far);
    pass(far, near);
  });
  const open = new Set<Socket>();
  let [passed, isCut] = [0, false];

  function pass(from: Socket, to: Socket): void {
    open.add(from);
    from.on("error", () => {});
    from.on("close", () => {
      open.delete(from);
      to.destroy();
    });
    from.on("data", (piece) => {
      if (isCut) return;
      if (passed === at) {
        isCut = true;
        for (const socket of open) socket.destroy();
        return;
      }
      passed += 1;
      to.write(piece);
    });
  }

  await new Promise<void>((resolve) => server.listen(join(folder, SOCKET), resolve));
  const cutUrl = new URL(url);
  cutUrl.searchParams.set("host", folder);
  return {
    url: cutUrl.href,
    isCut: () => isCut,
    async close(): Promise<void> {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
