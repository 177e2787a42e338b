import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An indexer that passes another one's answers on, changed by `tamper`. */
export async function startTamperedIndexer(honestUrl: string, tamper: (answer: unknown) => unknown) {
  const server = createServer((request, response) => {
    fetch(`${honestUrl}${request.url}`)
      .then((answer) => answer.json())
      .then((answer) => response.setHeader("content-type", "application/json").end(JSON.stringify(tamper(answer))))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
