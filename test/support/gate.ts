import { connect, createServer, type Server, type Socket } from "node:net";

/** A door on a port of its own before a service; shut, it is as if the service were gone. */
export type Gate = { readonly url: string; readonly shut: () => Promise<void>; readonly open: () => Promise<void> };

/** Puts a gate before an HTTP service of this machine. */
export async function createGate(serviceUrl: string): Promise<Gate> {
  const target = Number(new URL(serviceUrl).port);
  const sockets = new Set<Socket>();
  let server: Server;
  let port = 0;

  const open = async (): Promise<void> => {
    server = createServer((socket) => {
      const onward = connect(target, "127.0.0.1");
      for (const [from, to] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        sockets.add(from);
        from.pipe(to);
        from.on("error", () => to.destroy());
        from.on("close", () => {
          sockets.delete(from);
          to.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const address = server.address();
    if (typeof address === "object" && address !== null) port = address.port;
  };
  await open();

  return {
    url: `http://127.0.0.1:${port}`,
    open,
    async shut() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
